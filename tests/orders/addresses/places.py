"""Orders for several places, through the real way in."""

from decimal import Decimal
from typing import Any

from orders.channels.draft import AddressDraft, LineDraft
from orders.models import Order, OrderLine
from tests.stories import placed

DELHI = AddressDraft(
    name="Branch Delhi", line1="7 Example Marg", city="Delhi", state="Delhi", postal_code="110001", country="IN"
)


def line(sku: str, qty: int, to: AddressDraft | None = None) -> LineDraft:
    return LineDraft(sku, sku.title(), qty, Decimal(100), ship_to=to)


def two_places(**changes: Any) -> Order:
    """Two mugs to Mumbai, one mug and a kettle to Delhi; paid."""
    lines = (line("MUG", 2), line("MUG", 1, DELHI), line("KETTLE", 1, DELHI))
    return placed(**({"lines": lines, "paid": "400.00"} | changes))


def goes(order: Order) -> list[tuple[str, int, str]]:
    """What goes where, by position; units that are still wanted."""
    rows = OrderLine.objects.filter(order=order).select_related("ship_to").order_by("position")
    own = order.ship_to["city"]
    return [(x.sku, x.qty_ordered - x.qty_cancelled, x.ship_to.city if x.ship_to else own) for x in rows]
