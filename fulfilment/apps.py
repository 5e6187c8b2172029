from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FulfilmentConfig(AppConfig):
    name = "fulfilment"

    def ready(self) -> None:
        from fulfilment import checks, commands, handlers, personal, undoing  # noqa: F401  they register themselves
        from fulfilment.shelves import work_on
        from inventory.shelves import answered_by

        answered_by(work_on)
        post_migrate.connect(_seed, sender=self)


def _seed(**kwargs) -> None:
    from fulfilment.seeds import seed

    seed()
