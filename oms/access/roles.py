"""Role -> permissions, in one table. Permissions say whether the person may; guards say whether the order may.

Who may make which *move* of a state machine is edited by admins (orders.MovePolicy) and starts from `MOVES` here.
"""

from django.db import models


class Role(models.TextChoices):
    SALES = "sales", "Sales"
    WAREHOUSE = "warehouse", "Warehouse"
    FINANCE = "finance", "Finance"
    SUPPORT = "support", "Support"
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"


class Team(models.TextChoices):
    """Teams own stages, holds and next actions. A team is served by the role of the same name."""

    SALES = "sales", "Sales"
    WAREHOUSE = "warehouse", "Warehouse"
    FINANCE = "finance", "Finance"
    SUPPORT = "support", "Support"
    PURCHASING = "purchasing", "Purchasing"


ROLE_OF_TEAM: dict[str, tuple[str, ...]] = {
    Team.SALES: (Role.SALES,),
    Team.WAREHOUSE: (Role.WAREHOUSE,),
    Team.FINANCE: (Role.FINANCE,),
    Team.SUPPORT: (Role.SUPPORT,),
    Team.PURCHASING: (Role.WAREHOUSE, Role.OWNER),
}

S, W, F, C, O, A = Role.SALES, Role.WAREHOUSE, Role.FINANCE, Role.SUPPORT, Role.OWNER, Role.ADMIN
EVERYONE = frozenset(Role.values)

PERMISSIONS: dict[str, frozenset[str]] = {
    "home.view": EVERYONE,
    "orders.view": EVERYONE,
    "orders.export": frozenset({S, F, C, O, A}),
    "orders.create": frozenset({S, C, O, A}),
    "orders.import": frozenset({S, O, A}),
    "orders.note": EVERYONE,
    "orders.assign": frozenset({S, W, F, C, O, A}),
    "orders.hold": frozenset({S, W, F, C, O, A}),
    "orders.edit": frozenset({S, C, O, A}),
    "orders.history": EVERYONE,
    "orders.views": EVERYONE,
    "customers.view": frozenset({S, F, C, O, A}),
    "payments.view": frozenset({S, F, C, O, A}),
    "payments.record": frozenset({S, F, O, A}),
    "payments.verify": frozenset({F, O, A}),
    "payments.refund": frozenset({F, C, O, A}),
    "payments.approve_refund": frozenset({F, O, A}),
    "fulfilment.view": frozenset({W, S, C, O, A}),
    "fulfilment.work": frozenset({W, O, A}),
    "fulfilment.print": frozenset({W, S, C, O, A}),
    "returns.view": frozenset({W, S, F, C, O, A}),
    "returns.request": frozenset({S, C, O, A}),
    "returns.decide": frozenset({C, O, A}),
    "returns.receive": frozenset({W, C, O, A}),
    "inventory.view": EVERYONE,
    "inventory.adjust": frozenset({W, O, A}),
    "messages.view": EVERYONE,
    "messages.send": frozenset({S, C, O, A}),
    "reports.view": frozenset({S, W, F, C, O, A}),
    "reports.owner": frozenset({O, A, F}),
    "ops.view": frozenset({O, A}),
    "ops.replay": frozenset({O, A}),
    "admin.site": frozenset({A}),
}


def permissions_of(roles: list[str]) -> frozenset[str]:
    """Every permission that any of `roles` grants."""
    held = set(roles)
    return frozenset(name for name, allowed in PERMISSIONS.items() if allowed & held)
