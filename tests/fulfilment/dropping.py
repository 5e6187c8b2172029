"""Products that suppliers send to our customers, for the tests of everything that hangs on it."""

from decimal import Decimal
from typing import Any

from fulfilment.actions.supplier.tell import send_to_supplier
from fulfilment.models import FulfilmentOrder
from inventory.actions.drop_shipping import Terms, keep_drop_shipping, tell_stock
from inventory.actions.purchases.supplier import keep_items
from inventory.models import Supplier
from orders.actions.confirm import confirm_order
from orders.actions.release import release_order
from orders.models import Order
from tests.inventory.buying import supplier
from tests.stories import placed


def offered(
    *skus: str, when: str = "own_first", code: str = "acme", figure: int | None = None, least: int = 1,
    days: int | None = None, countries: tuple[str, ...] = (), **changes: Any
) -> Supplier:  # fmt: skip
    """A supplier who sends `skus`; `figure` is what they say they have of each (None: they do not say)."""
    seller = supplier(code, **({"name": code.title(), "email": f"orders@{code}.test"} | changes))
    keep_items(seller, [(sku, f"{code[:1].upper()}-{sku}", Decimal(60), 1) for sku in skus])
    terms = [Terms(sku, when, days, least) for sku in skus]
    found = keep_drop_shipping(code, terms=terms, ships_to=countries, actor="system")
    if figure is not None:
        tell_stock(code, [(sku, figure) for sku in skus], actor="system")
    return found


def released(*lines: tuple[str, int], actor: Any = "system", **changes: Any) -> Order:
    """A paid order, confirmed and released."""
    order = placed(*lines, **({"paid": f"{sum(n for _, n in lines) * 100}.00"} | changes))
    confirm_order(order.number, actor=actor)
    return release_order(order.number, actor=actor)


def at_supplier(order: Order) -> FulfilmentOrder:
    """The order's one piece of work that waits for a supplier."""
    return FulfilmentOrder.objects.select_related("purchase", "location").get(order=order, status="with_supplier")


def told(order: Order, actor: Any = "system") -> FulfilmentOrder:
    return send_to_supplier(at_supplier(order).number, actor=actor)
