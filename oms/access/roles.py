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

S, W, F, C, B, A = Role.SALES, Role.WAREHOUSE, Role.FINANCE, Role.SUPPORT, Role.OWNER, Role.ADMIN
EVERYONE = frozenset(Role.values)

PERMISSIONS: dict[str, frozenset[str]] = {
    "home.view": EVERYONE,
    "orders.view": EVERYONE,
    "orders.export": frozenset({S, F, C, B, A}),
    "orders.create": frozenset({S, C, B, A}),
    "orders.import": frozenset({S, B, A}),
    "orders.note": EVERYONE,
    "orders.attach": EVERYONE,
    "orders.remove_file": frozenset({S, C, B, A}),
    "orders.assign": frozenset({S, W, F, C, B, A}),
    "orders.hold": frozenset({S, W, F, C, B, A}),
    "orders.edit": frozenset({S, C, B, A}),
    "orders.share": frozenset({S, B, A}),
    "orders.history": EVERYONE,
    "orders.views": EVERYONE,
    "customers.view": frozenset({S, F, C, B, A}),
    "customers.edit": frozenset({S, C, B, A}),
    "customers.merge": frozenset({B, A}),
    "customers.erase": frozenset({A}),
    "standing.view": frozenset({S, F, C, B, A}),
    "standing.change": frozenset({S, C, B, A}),
    "payments.view": frozenset({S, F, C, B, A}),
    "payments.record": frozenset({S, F, B, A}),
    "payments.verify": frozenset({F, B, A}),
    "payments.refund": frozenset({F, C, B, A}),
    "payments.approve_refund": frozenset({F, B, A}),
    "fulfilment.view": frozenset({W, S, C, B, A}),
    "fulfilment.work": frozenset({W, B, A}),
    "fulfilment.track": frozenset({W, C, B, A}),
    "fulfilment.print": frozenset({W, S, C, B, A}),
    "returns.view": frozenset({W, S, F, C, B, A}),
    "returns.request": frozenset({S, C, B, A}),
    "returns.decide": frozenset({C, B, A}),
    "returns.receive": frozenset({W, C, B, A}),
    "inventory.view": EVERYONE,
    "inventory.adjust": frozenset({W, B, A}),
    "inventory.describe": frozenset({S, B, A}),
    "inventory.import": frozenset({S, W, B, A}),
    "routing.view": frozenset({S, W, C, B, A}),
    "routing.edit": frozenset({B, A}),
    "automatic.view": frozenset({S, W, B, A}),
    "automatic.switch": frozenset({B, A}),
    "purchases.view": EVERYONE,
    "purchases.edit": frozenset({W, B, A}),
    "messages.view": EVERYONE,
    "messages.log": EVERYONE,
    "messages.send": frozenset({S, C, B, A}),
    "reports.view": frozenset({S, W, F, C, B, A}),
    "reports.owner": frozenset({B, A, F}),
    "ops.view": frozenset({B, A}),
    "ops.replay": frozenset({B, A}),
    "admin.site": frozenset({A}),
}


def permissions_of(roles: list[str]) -> frozenset[str]:
    """Every permission that any of `roles` grants."""
    held = set(roles)
    return frozenset(name for name, allowed in PERMISSIONS.items() if allowed & held)
