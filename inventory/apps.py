from dataclasses import replace

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        from inventory import checks, checks_kits, geography, personal, routebook  # noqa: F401  they register themselves
        from inventory.assembling import overdue as assemblies_overdue
        from inventory.imports.forget import forget_files
        from inventory.models import FreightRate, Location, PostalPoint, RoutingPolicy, RoutingRule
        from inventory.purchasing import overdue
        from inventory.transferring import overdue as transfers_overdue
        from oms.ops import purge
        from oms.ui import navigation

        purge.also("files of products and stock", forget_files)
        for key, waits in (
            ("purchases", overdue),
            ("transfers", transfers_overdue),
            ("assemblies", assemblies_overdue),
        ):
            entry = next(entry for entry in navigation.ENTRIES if entry.key == key)
            navigation.register(replace(entry, waits=waits, tone="late"))
        # After every migrate (and test flush), not in a migration: a table emptied by a flush is filled again.
        post_migrate.connect(_seed, sender=self)
        for model in (FreightRate, Location, RoutingPolicy, RoutingRule):
            post_save.connect(routebook.forget, sender=model)
            post_delete.connect(routebook.forget, sender=model)
        for signal in (post_save, post_delete):
            signal.connect(geography.forget, sender=PostalPoint)


def _seed(**kwargs) -> None:
    from inventory.seeds import seed

    seed()
