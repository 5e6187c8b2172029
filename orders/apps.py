from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders import checks, handlers  # noqa: F401  they register themselves
        from orders.models import Stage

        # After every migrate (and test flush), not in a migration: a table emptied by a flush is filled again.
        post_migrate.connect(_seed, sender=self)
        post_save.connect(_forget_stages, sender=Stage)


def _seed(**kwargs) -> None:
    from orders.seeds import seed

    seed()


def _forget_stages(**kwargs) -> None:
    from orders.stagebook import forget

    forget()
