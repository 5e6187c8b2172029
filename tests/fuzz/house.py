"""What the fuzzed house holds: the key that may do everything, and the names of things that requests ask about."""

from typing import Any

from fulfilment.models import FulfilmentOrder
from inventory.models import Assembly, Product, PurchaseOrder, Supplier, Transfer
from oms.access.models import User
from oms.access.roles import Role
from oms.intake.models import ApiKey, Scope
from orders.models import BlanketOrder, Order, RecurringOrder


def whole_key() -> str:
    """A key with every scope, of a user with every role: nothing may hide behind a 403."""
    user = User.objects.create_user("fuzz", roles=list(Role.values))
    return ApiKey.issue(name="Fuzz", user=user, scopes=list(Scope.values))[1]


def known(most: int) -> dict[str, list[Any]]:
    """{first part of the path: the names of up to `most` things there}, newest first."""
    rows = {
        "orders": Order.objects.values_list("number"), "purchases": PurchaseOrder.objects.values_list("number"),
        "transfers": Transfer.objects.values_list("number"), "assemblies": Assembly.objects.values_list("number"),
        "recurring": RecurringOrder.objects.values_list("number"),
        "blanket": BlanketOrder.objects.values_list("number"), "suppliers": Supplier.objects.values_list("code"),
        "supplier-work": FulfilmentOrder.objects.filter(location__kind="drop_ship").values_list("number"),
        "kits": Product.objects.filter(kind="kit").values_list("sku"),
    }  # fmt: skip
    return {name: [value for (value,) in found.order_by("-pk")[:most]] for name, found in rows.items()}
