"""A parcel before it leaves: labelled for a carrier, put on its manifest, or taken off again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_shipment, lock_work, move_row, work_lines
from fulfilment.models import Carrier, FulfilmentOrder, Shipment, ShipmentLine
from fulfilment.states import AT_DOOR, WorkStatus
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number
from orders.models import Order


@transaction.atomic
def label_parcel(number: str, *, carrier: str, tracking_number: str, actor: Any) -> Shipment:
    """Prepare the shipment of packed work `number`: carrier and tracking number, nothing has left yet.

    Refuses work that is not packed and a second label on the same parcel.
    """
    order, fo = lock_work(number)
    if fo.status != WorkStatus.PACKED:
        raise Refused("not_packed", f"{number} is {fo.get_status_display().lower()}; pack it before it gets a label.")
    if there := fo.shipments.filter(status__in=AT_DOOR).first():
        raise Refused("has_label", f"{number} has its label already: {there.number}.")
    by, tracking = checked_carrier(carrier), checked_tracking(tracking_number)
    units = {row.line_id: row.qty_packed for row in work_lines(fo) if row.qty_packed}
    shipment = new_shipment(order, fo, by, tracking, units, actor)
    move_row(shipment, "label", machine="shipment", event="fulfilment.labelled", actor=actor)
    return shipment


@transaction.atomic
def manifest(number: str, *, actor: Any) -> Shipment:
    """Put the labelled parcel on the carrier's list of today."""
    _, shipment = lock_shipment(number)
    move_row(shipment, "manifest", machine="shipment", event="fulfilment.manifested", actor=actor)
    return shipment


@transaction.atomic
def cancel_shipment(number: str, *, actor: Any, reason: str = "") -> Shipment:
    """Take the label off a parcel that has not left; its work stays packed. Refuses a parcel on the road."""
    _, shipment = lock_shipment(number)
    shipment.ended_at, shipment.note = now(), reason[:500]
    move_row(
        shipment, "cancel", machine="shipment", event="fulfilment.shipment_cancelled", actor=actor,
        saved=("ended_at", "note"), reason=reason[:300],
    )  # fmt: skip
    return shipment


def new_shipment(
    order: Order, fo: FulfilmentOrder, carrier: Carrier, tracking: str, units: Mapping[int, int], actor: Any
) -> Shipment:
    shipment = Shipment.objects.create(
        number=next_number("fulfilment_shipment_number_seq", "SHP"), order=order, fulfilment_order=fo, carrier=carrier,
        tracking_number=tracking, created_at=now(),
    )  # fmt: skip
    ShipmentLine.objects.bulk_create(ShipmentLine(shipment=shipment, line_id=k, qty=q) for k, q in units.items())
    publish_move(
        "fulfilment.shipment_created", subject=shipment.number, actor=actor, stream=order.number, machine="shipment",
        move="create", source="", target=shipment.status,
    )  # fmt: skip
    return shipment


def checked_carrier(code: str) -> Carrier:
    carrier = Carrier.objects.filter(code=code, is_active=True).first()
    if carrier is None:
        raise Refused("carrier_unknown", "Choose the carrier from the list.")
    return carrier


def checked_tracking(text: str) -> str:
    tracking = text.replace("\x00", "").strip()
    if not tracking:
        raise Refused("tracking_missing", "Enter the tracking number printed on the label.")
    if len(tracking) > 80:
        raise Refused(
            "tracking_too_long", "A tracking number has at most 80 characters. Scan only the label's own code."
        )
    return tracking
