"""Orders that got where they are through the real actions."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inventory.models import StockLevel
from oms.events.models import Event
from oms.kernel.clock import now
from orders.actions.capture import capture_orders
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft
from orders.models import Channel, Order

HOME = AddressDraft(
    name="Zoya P", line1="12 Example Road", city="Mumbai", state="Maharashtra", postal_code="400001", country="IN"
)


@dataclass(frozen=True)
class Stock:
    on_hand: int = 0
    reserved: int = 0
    allocated: int = 0
    quarantined: int = 0


def draft(*lines: tuple[str, int], price: str = "100.00", paid: str = "", **changes: Any) -> OrderDraft:
    """A draft of `(sku, qty)` lines at one price; `paid` adds a captured card payment of that amount."""
    fields: dict[str, Any] = {
        "external_id": uuid.uuid4().hex, "placed_at": now(), "currency": "INR", "customer_name": "Zoya P",
        "email": "zoya@example.test", "phone": "+91 98765 43210", "ship_to": HOME,
        "lines": tuple(LineDraft(sku, sku.title(), qty, Decimal(price)) for sku, qty in (lines or (("MUG", 1),))),
    }  # fmt: skip
    if paid:
        fields["payments"] = (PaymentDraft("card", Decimal(paid), "captured", "tx-1"),)
    return OrderDraft(**(fields | changes))


def placed(*lines: tuple[str, int], actor: Any = "system", **changes: Any) -> Order:
    """An order captured on the channel `web`."""
    result = capture_orders([draft(*lines, **changes)], channel=Channel.objects.get(code="web"), actor=actor)[0]
    assert result.outcome == "created", result.refusals
    return Order.objects.get(number=result.number)


def stock_of(sku: str, location: str = "pune") -> Stock:
    level = StockLevel.objects.filter(product__sku=sku, location__code=location).first()
    return Stock(level.on_hand, level.reserved, level.allocated, level.quarantined) if level else Stock()


def said(order: Order) -> list[str]:
    """Names of the order's events, oldest first."""
    return list(Event.objects.filter(stream=order.number).order_by("seq").values_list("name", flat=True))


def again(order: Order) -> Order:
    """The order as it stands now."""
    return Order.objects.get(pk=order.pk)
