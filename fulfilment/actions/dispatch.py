"""Let packed goods leave the building: the shipment, the quantities, and last the shelf."""

from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_work, move_row, work_lines
from fulfilment.models import Carrier, Shipment, ShipmentLine, next_number
from inventory.actions.issue import issue_stock
from oms.events.publish import publish, publish_move
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import add_search_terms, report_quantities
from orders.rules import no_blocking_hold, payment_gate_met


@transaction.atomic
def dispatch(number: str, *, carrier: str, tracking_number: str, actor: Any) -> Shipment:
    """Hand everything packed of `number` to the carrier. Refuses holds, an unmet payment gate and nothing packed."""
    order, fo = lock_work(number)
    if closed := [r for rule in (no_blocking_hold, payment_gate_met) if (r := rule(order))]:
        raise Refused.because(closed)
    by = Carrier.objects.filter(code=carrier, is_active=True).first()
    if by is None:
        raise Refused("carrier_unknown", "Choose the carrier from the list.")
    if not (tracking := tracking_number.strip()):
        raise Refused("tracking_missing", "Enter the tracking number printed on the label.")
    moment = now()
    rows = work_lines(fo)
    leaving = {row.line_id: row.qty_packed - row.qty_dispatched for row in rows}
    fo.dispatched_at = moment
    move_row(fo, "dispatch", machine="fulfilment", event="fulfilment.left", actor=actor, saved=("dispatched_at",))
    for row in rows:
        row.qty_dispatched = row.qty_packed
        row.save(update_fields=["qty_dispatched"])
    leaving = {line_id: qty for line_id, qty in leaving.items() if qty}
    shipment = Shipment.objects.create(
        number=next_number("SHP", "fulfilment_shipment_number_seq"), order=order, fulfilment_order=fo, carrier=by,
        tracking_number=tracking, dispatched_at=moment,
    )  # fmt: skip
    ShipmentLine.objects.bulk_create(ShipmentLine(shipment=shipment, line_id=k, qty=q) for k, q in leaving.items())
    publish_move(
        "fulfilment.shipment_created", subject=shipment.number, actor=actor, stream=order.number, machine="shipment",
        move="create", source="", target=shipment.status,
    )  # fmt: skip
    move_row(shipment, "pick_up", machine="shipment", event="fulfilment.handed_over", actor=actor)
    deltas = {k: {"dispatched": q, "allocated": -q, "picked": -q, "packed": -q} for k, q in leaving.items()}
    report_quantities(order, deltas, dispatched_at=moment)
    add_search_terms(order, [tracking])
    publish("fulfilment.dispatched", subject=shipment.number, actor=actor, stream=order.number, tracking=tracking)
    issue_stock(order.number, location_id=fo.location_id, quantities=leaving, source=shipment.number, actor=actor)
    return shipment
