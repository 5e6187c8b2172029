"""Let packed goods leave the building: the shipment, the quantities, and last the shelf."""

from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_work, move_row, work_lines
from fulfilment.actions.label import checked_carrier, checked_tracking, new_shipment
from fulfilment.models import FulfilmentOrder, Shipment
from fulfilment.states import AT_DOOR
from inventory.actions.issue import issue_stock
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import add_search_terms, report_quantities
from orders.rules import no_blocking_hold, payment_gate_met


@transaction.atomic
def dispatch(number: str, *, actor: Any, carrier: str = "", tracking_number: str = "") -> Shipment:
    """Hand everything packed of `number` to the carrier, under its label when there is one.

    Refuses holds, an unmet payment gate, nothing packed, and a parcel without carrier and tracking number.
    """
    order, fo = lock_work(number)
    if closed := [r for rule in (no_blocking_hold, payment_gate_met) if (r := rule(order))]:
        raise Refused.because(closed)
    labelled = fo.shipments.select_related("carrier").filter(status__in=AT_DOOR).first()
    if labelled is None:
        by, tracking = checked_carrier(carrier), checked_tracking(tracking_number)
    moment = now()
    leaving = _leave(fo, moment, actor)
    shipment = labelled or new_shipment(order, fo, by, tracking, leaving, actor)
    shipment.order, shipment.dispatched_at = order, moment
    move_row(
        shipment, "pick_up", machine="shipment", event="fulfilment.handed_over", actor=actor, saved=("dispatched_at",)
    )
    deltas = {k: {"dispatched": q, "allocated": -q, "picked": -q, "packed": -q} for k, q in leaving.items()}
    report_quantities(order, deltas, dispatched_at=moment)
    add_search_terms(order, [shipment.tracking_number, shipment.number])
    publish(
        "fulfilment.dispatched", subject=shipment.number, actor=actor, stream=order.number,
        tracking=shipment.tracking_number,
    )  # fmt: skip
    issue_stock(order.number, location_id=fo.location_id, quantities=leaving, source=shipment.number, actor=actor)
    return shipment


def _leave(fo: FulfilmentOrder, moment: Any, actor: Any) -> dict[int, int]:
    """Move the work on and count its packed units as gone; returns them by line."""
    rows = work_lines(fo)
    leaving = {row.line_id: row.qty_packed - row.qty_dispatched for row in rows}
    fo.dispatched_at = moment
    move_row(fo, "dispatch", machine="fulfilment", event="fulfilment.left", actor=actor, saved=("dispatched_at",))
    for row in rows:
        row.qty_dispatched = row.qty_packed
        row.save(update_fields=["qty_dispatched"])
    return {line_id: qty for line_id, qty in leaving.items() if qty}
