from dataclasses import replace

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from oms.ui import navigation
        from payments import checks, handlers, personal  # noqa: F401  they register themselves
        from payments.selectors import waiting

        entry = next(e for e in navigation.ENTRIES if e.key == "payments")
        navigation.register(replace(entry, waits=waiting))
        post_migrate.connect(_seed, sender=self)


def _seed(**kwargs) -> None:
    from payments.seeds import seed

    seed()
