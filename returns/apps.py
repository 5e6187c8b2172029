from dataclasses import replace

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReturnsConfig(AppConfig):
    name = "returns"

    def ready(self) -> None:
        from oms.ui import navigation
        from returns import checks, handlers, personal  # noqa: F401  they register themselves
        from returns.selectors import waiting

        entry = next(entry for entry in navigation.ENTRIES if entry.key == "returns")
        navigation.register(replace(entry, waits=waiting))

        # After every migrate (and test flush), not in a migration: a table emptied by a flush is filled again.
        post_migrate.connect(_seed, sender=self)


def _seed(**kwargs) -> None:
    from returns.seeds import seed

    seed()
