"""The supplier has handed it to a carrier: a parcel like any other, of which nothing left our shelves."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from fulfilment.actions._move import move_row
from fulfilment.actions.label import checked_carrier, checked_tracking, new_shipment
from fulfilment.actions.supplier._work import lock_with_supplier, share, tell_order
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, Shipment
from fulfilment.states import WorkStatus
from inventory.actions.purchases.drop_ship import ship_for_customer
from inventory.actions.release import release_at
from oms.events.publish import publish, publish_move
from oms.kernel.clock import now
from oms.kernel.numbers import next_number
from orders.actions.progress import add_search_terms, report_quantities


@transaction.atomic
def supplier_ships(
    number: str, *, carrier: str, tracking_number: str, actor: Any, quantities: Mapping[str, int] | None = None
) -> Shipment:
    """Note the parcel with `quantities` {SKU: units} of it, all by default; what they still owe waits as work of its own.

    Also while they were asked to stop: it left all the same. Refuses a parcel without carrier and tracking number.
    """
    order, fo = lock_with_supplier(number)
    assert fo.purchase is not None
    by, tracking = checked_carrier(carrier), checked_tracking(tracking_number)
    leaving = share(fo, quantities)
    _leave_rest(fo, leaving, actor)
    moment, units = now(), {row.line_id: qty for row, qty in leaving.items()}
    for row, qty in leaving.items():
        row.qty_picked = row.qty_packed = row.qty_dispatched = qty
        row.save(update_fields=["qty_picked", "qty_packed", "qty_dispatched"])
    fo.dispatched_at, fo.stop_asked_at = moment, None
    move_row(
        fo, "supplier_ships", machine="fulfilment", event="fulfilment.left", actor=actor,
        saved=("dispatched_at", "stop_asked_at"),
    )  # fmt: skip
    shipment = new_shipment(order, fo, by, tracking, units, actor)
    shipment.order, shipment.dispatched_at = order, moment
    move_row(
        shipment, "pick_up", machine="shipment", event="fulfilment.handed_over", actor=actor, saved=("dispatched_at",)
    )
    report_quantities(order, {k: {"dispatched": q, "allocated": -q} for k, q in units.items()}, dispatched_at=moment)
    add_search_terms(order, [shipment.tracking_number, shipment.number])
    publish(
        "fulfilment.dispatched", subject=shipment.number, actor=actor, stream=order.number,
        tracking=shipment.tracking_number, supplier=fo.location.name,
    )  # fmt: skip
    tell_order(order)
    release_at(order.number, {(line_id, fo.location_id): qty for line_id, qty in units.items()})
    sent = {row.purchase_line_id: qty for row, qty in leaving.items() if row.purchase_line_id}
    ship_for_customer(fo.purchase.number, sent, shipment=shipment.number, actor=actor)
    return shipment


def _leave_rest(fo: FulfilmentOrder, leaving: Mapping[FulfilmentOrderLine, int], actor: Any) -> None:
    """Put the units that do not leave now into work of their own, on the same purchase order."""
    rows = list(fo.lines.filter(qty__gt=0))
    rest = {row: left for row in rows if (left := row.qty - leaving.get(row, 0))}
    if not rest:
        return
    other = FulfilmentOrder.objects.create(
        number=next_number("fulfilment_order_number_seq", "FO"), order=fo.order, location=fo.location,
        ship_to_id=fo.ship_to_id, due_at=fo.due_at, created_at=now(), status=WorkStatus.WITH_SUPPLIER,
        purchase=fo.purchase, stop_asked_at=fo.stop_asked_at, stop_reason=fo.stop_reason,
    )  # fmt: skip
    FulfilmentOrderLine.objects.bulk_create(
        FulfilmentOrderLine(
            fo=other, line_id=row.line_id, product_id=row.product_id, qty=left, purchase_line_id=row.purchase_line_id
        )
        for row, left in rest.items()
    )
    for row in rows:
        row.qty = leaving.get(row, 0)
        row.save(update_fields=["qty"])
    for row, qty in leaving.items():
        row.qty = qty
    publish_move(
        "fulfilment.split", subject=other.number, actor=actor, stream=fo.order.number, machine="fulfilment",
        move="create", source="", target=other.status, parcel=fo.number,
    )  # fmt: skip
