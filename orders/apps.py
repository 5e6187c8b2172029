from dataclasses import replace

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from inventory.waiting import answered_by
        from oms.ops import purge
        from oms.ui import navigation
        from orders import (  # noqa: F401  they register themselves
            checks,
            checks_customers,
            checks_exchange,
            checks_privacy,
            checks_standing,
            checks_telling,
            handlers,
            inbox,
            personal,
            webhooks,
        )
        from orders.command import verbs  # noqa: F401
        from orders.imports.forget import forget_imports
        from orders.models import (
            ApprovalRule,
            AutomaticStep,
            CheckRule,
            CustomerGroup,
            FraudSignal,
            HoldReason,
            PriorityRule,
            Stage,
        )
        from orders.sharing.desk import waiting_at
        from orders.standing.selectors import waiting

        entry = next(entry for entry in navigation.ENTRIES if entry.key == "standing")
        navigation.register(replace(entry, waits=waiting))
        answered_by(waiting_at)
        purge.also("files of orders", forget_imports)

        # After every migrate (and test flush), not in a migration: a table emptied by a flush is filled again.
        post_migrate.connect(_seed, sender=self)
        post_save.connect(_forget_stages, sender=Stage)
        for model in (ApprovalRule, AutomaticStep, CheckRule, CustomerGroup, FraudSignal, HoldReason, PriorityRule):
            post_save.connect(_forget_checks, sender=model)
            post_delete.connect(_forget_checks, sender=model)


def _seed(**kwargs) -> None:
    from orders.seeds import seed

    seed()


def _forget_stages(**kwargs) -> None:
    from orders.stagebook import forget

    forget()


def _forget_checks(**kwargs) -> None:
    from orders.checking.rulebook import forget

    forget()
