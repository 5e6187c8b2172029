"""Give units that a supplier sends to the supplier: work at their place, and a purchase order with the customer's address."""

from collections.abc import Sequence

from fulfilment.actions.supplier._work import order_it, order_more, tell_order
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import WorkStatus
from inventory.states import PurchaseStatus
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.numbers import next_number
from orders.models import Order


def open_with_supplier(
    order: Order, location_id: int, ship_to_id: int | None, rows: Sequence[tuple[int, int, int]]
) -> FulfilmentOrder:
    """Open work of `rows` (line id, product id, units) on a locked order. Nobody is asked for anything yet.

    While they were not asked for what they have of it already, to the same address, it is one piece of work with one
    purchase order and one parcel; what they were asked for stays as they read it.
    """
    if (fo := _not_asked_yet(order, location_id, ship_to_id)) is not None:
        _add(fo, rows)
        order_more(fo, actor="system")
        tell_order(order)
        return fo
    fo = FulfilmentOrder.objects.create(
        number=next_number("fulfilment_order_number_seq", "FO"), order=order, location_id=location_id, ship_to_id=ship_to_id,
        due_at=order.due_at, created_at=now(), status=WorkStatus.WITH_SUPPLIER,
    )  # fmt: skip
    FulfilmentOrderLine.objects.bulk_create(
        FulfilmentOrderLine(fo=fo, line_id=line_id, product_id=product_id, qty=qty) for line_id, product_id, qty in rows
    )
    publish_move(
        "fulfilment.opened", subject=fo.number, actor="system", stream=order.number, machine="fulfilment",
        move="create", source="", target=fo.status, supplier=fo.location.name,
    )  # fmt: skip
    order_it(fo, actor="system")
    tell_order(order)
    return fo


def _not_asked_yet(order: Order, location_id: int, ship_to_id: int | None) -> FulfilmentOrder | None:
    return (
        FulfilmentOrder.objects.select_related("purchase", "location", "order")
        .filter(
            order=order, location=location_id, ship_to=ship_to_id, status=WorkStatus.WITH_SUPPLIER,
            purchase__status=PurchaseStatus.DRAFT,
        ).first()
    )  # fmt: skip


def _add(fo: FulfilmentOrder, rows: Sequence[tuple[int, int, int]]) -> None:
    held = {row.line_id: row for row in FulfilmentOrderLine.objects.filter(fo=fo)}
    for line_id, product_id, qty in rows:
        row = held.get(line_id) or FulfilmentOrderLine(fo=fo, line_id=line_id, product_id=product_id, qty=0)
        row.qty += qty
        row.save()
