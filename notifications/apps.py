from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import checks, handlers, inbox, personal  # noqa: F401  they register themselves

        # After every migrate (and test flush), not in a migration: a table emptied by a flush is filled again.
        post_migrate.connect(_seed, sender=self)


def _seed(**kwargs) -> None:
    from notifications.seeds import seed

    seed()
