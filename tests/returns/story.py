"""Get an order to the customer's door through the real actions, and talk about its stock and events."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from inventory.actions.adjust import receive_stock
from inventory.actions.issue import issue_stock
from inventory.models import Location, Product, StockLevel
from oms.events.models import Event
from oms.kernel.clock import now
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities
from orders.actions.release import release_order
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft
from orders.locks import lock_order
from orders.models import Channel, Order

HOME = AddressDraft(name="Asha Rao", line1="12 Lake Road", city="Pune", postal_code="411001", country="IN")


@dataclass(frozen=True)
class Stock:
    on_hand: int
    quarantined: int = 0
    damaged: int = 0
    available: int = 0


def stock_of(sku: str) -> Stock:
    level = StockLevel.objects.get(product__sku=sku, location__code="pune")
    return Stock(level.on_hand, level.quarantined, level.damaged, level.available)


def said(order: Order, machine: str = "return") -> list[str]:
    return list(
        Event.objects.filter(stream=order.number, machine=machine).order_by("seq").values_list("name", flat=True)
    )


def captured(
    lines: Sequence[LineDraft], *, actor, email: str = "asha@example.test", terms: str = "cod", shipping=Decimal(0)
) -> Order:
    channel, _ = Channel.objects.get_or_create(code="web", defaults={"name": "Web shop"})
    Location.objects.get_or_create(code="pune", defaults={"name": "Pune"})
    for line in lines:
        product, made = Product.objects.get_or_create(sku=line.sku, defaults={"name": line.name})
        if made:
            receive_stock(product.sku, location="pune", qty=10, source=f"PO-{line.sku}", actor=actor)
    draft = OrderDraft(
        external_id=uuid.uuid4().hex, placed_at=now(), currency="INR", lines=tuple(lines), customer_name="Asha Rao",
        email=email, ship_to=HOME, payment_terms=terms, shipping=shipping,
    )  # fmt: skip
    (result,) = capture_orders([draft], channel=channel, actor=actor)
    assert result.outcome == "created", result
    return Order.objects.get(number=result.number)


def delivered(lines: Sequence[LineDraft], *, actor, **kwargs) -> Order:
    """An order of which every unit was dispatched from Pune and delivered just now."""
    order = captured(lines, actor=actor, **kwargs)
    confirm_order(order.number, actor=actor)
    release_order(order.number, actor=actor)
    with transaction.atomic():
        order = lock_order(order.number)
        wanted = {line.pk: line.qty_ordered for line in order.lines.all()}
        deltas = {pk: {"dispatched": qty, "allocated": -qty, "delivered": qty} for pk, qty in wanted.items()}
        report_quantities(order, deltas, dispatched_at=now(), delivered_at=now())
        complete_if_settled(order, actor="system")
        place = Location.objects.get(code="pune")
        issue_stock(order.number, location_id=place.pk, quantities=wanted, source=f"SH-{order.number}", actor=actor)
    return Order.objects.get(pk=order.pk)


def mugs(qty: int = 3, price: str = "10.00", discount: str = "0", sku: str = "MUG") -> LineDraft:
    return LineDraft(
        sku=sku, name=f"Blue {sku.lower()}", qty=qty, unit_price=Decimal(price), discount=Decimal(discount)
    )
