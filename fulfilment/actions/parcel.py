"""What happens to a parcel on the road: tracked, delivered, lost, or on its way back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_shipment, move_row
from fulfilment.models import Shipment, TrackingEvent
from fulfilment.states import COMING_BACK
from fulfilment.states import ShipmentStatus as S
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import refusals
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities
from orders.models import Order

TRACK_MOVES = ("transit", "out_for_delivery", "fail_attempt", "delay", "return_transit")
# Our state for a carrier's word -> the move that leads there.
HEARD = {
    S.IN_TRANSIT: "transit", S.OUT_FOR_DELIVERY: "out_for_delivery", S.ATTEMPT_FAILED: "fail_attempt",
    S.DELAYED: "delay", S.DELIVERED: "deliver", S.RTO_INITIATED: "initiate_rto", S.RTO_IN_TRANSIT: "return_transit",
    S.LOST: "lose", S.DAMAGED: "damage",
}  # fmt: skip


@transaction.atomic
def track(number: str, *, move: str, text: str = "", at: datetime | None = None, actor: Any) -> Shipment:
    """Note where the parcel is, as of `at` (default: now). Only ever forward: refuses a step back."""
    if move not in TRACK_MOVES:
        raise Refused("move_unknown", "Choose where the parcel is from the list.")
    _, shipment = lock_shipment(number)
    move_row(shipment, move, machine="shipment", event="fulfilment.tracked", actor=actor, text=text[:300])
    _keep(shipment, shipment.status, text, at)
    return shipment


@transaction.atomic
def hear(number: str, *, status: str, at: datetime, text: str = "", actor: Any) -> bool:
    """Keep what the carrier says; apply it when it is news, and return whether it was.

    A report older than the newest applied one, a repeated one, or one that does not lead on from where the parcel is,
    is kept and not applied.
    """
    _, shipment = lock_shipment(number)
    if status not in HEARD:
        raise Refused("status_unknown", f"The carrier's word {status[:40]} is in no table; map it first.")
    newest = shipment.tracking_events.filter(is_applied=True).values_list("occurred_at", flat=True).first()
    move = HEARD[status]
    if (newest and at < newest) or shipment.status == status or refusals(shipment, move):
        _keep(shipment, status, text, at, is_applied=False)
        return False
    if move in TRACK_MOVES:
        track(number, move=move, text=text, at=at, actor=actor)
    else:
        MOVES[move](number, actor=actor, reason=text or "The carrier says so.", at=at)
    return True


@transaction.atomic
def deliver(number: str, *, actor: Any, reason: str = "", at: datetime | None = None) -> Shipment:
    """Every unit of the parcel reached the customer."""
    order, shipment = lock_shipment(number)
    shipment.delivered_at = at or now()
    _end(order, shipment, "deliver", "fulfilment.parcel_delivered", actor, {"delivered": 1}, "delivered_at")
    _keep(shipment, shipment.status, reason, at)
    if order.qty_delivered + order.qty_rto + order.qty_written_off == order.qty_ordered - order.qty_cancelled:
        report_quantities(order, {}, delivered_at=shipment.delivered_at)
    publish("fulfilment.delivered", subject=number, actor=actor, stream=order.number)
    complete_if_settled(order, actor="system")
    return shipment


def lose(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """The carrier lost the parcel: its units are written off, never silently back in stock."""
    return _write_off(number, "lose", "fulfilment.lost", reason, actor, at)


def damage(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """The parcel was destroyed on the way: its units are written off."""
    return _write_off(number, "damage", "fulfilment.damaged", reason, actor, at)


@transaction.atomic
def _write_off(number: str, move: str, event: str, reason: str, actor: Any, at: datetime | None) -> Shipment:
    order, shipment = lock_shipment(number)
    was_returning = shipment.status in COMING_BACK
    shipment.note = _said(reason)
    signs = {"written_off": 1, "returning": -1} if was_returning else {"written_off": 1}
    _end(order, shipment, move, event, actor, signs, "note")
    _keep(shipment, shipment.status, reason, at)
    complete_if_settled(order, actor="system")
    return shipment


@transaction.atomic
def initiate_rto(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """Ask the carrier to bring the parcel back to origin."""
    order, shipment = lock_shipment(number)
    shipment.note = _said(reason)
    _change(order, shipment, "initiate_rto", "fulfilment.rto_initiated", actor, {"returning": 1}, "note")
    _keep(shipment, shipment.status, reason, at)
    return shipment


@transaction.atomic
def receive_rto(number: str, *, actor: Any, reason: str = "", at: datetime | None = None) -> Shipment:
    """The parcel is back; the returns desk opens its file and books what is in it."""
    order, shipment = lock_shipment(number)
    _end(order, shipment, "receive_rto", "fulfilment.parcel_back", actor, {"returning": -1, "rto": 1})
    _keep(shipment, shipment.status, reason, at)
    publish("fulfilment.rto_received", subject=number, actor=actor, stream=order.number)
    return shipment


MOVES = {"deliver": deliver, "lose": lose, "damage": damage, "initiate_rto": initiate_rto, "receive_rto": receive_rto}


def _said(reason: str) -> str:
    if not (text := reason.replace("\x00", "").strip()):
        raise Refused("reason_missing", "Say what happened; support and finance read it.")
    return text[:500]


def _keep(shipment: Shipment, status: str, text: str, at: datetime | None, *, is_applied: bool = True) -> None:
    TrackingEvent.objects.create(
        shipment=shipment,
        status=status,
        text=text.replace("\x00", "")[:300],
        occurred_at=at or now(),
        is_applied=is_applied,
    )


def _end(order: Order, shipment: Shipment, move: str, event: str, actor: Any, signs: dict, *saved: str) -> None:
    shipment.ended_at = now()
    _change(order, shipment, move, event, actor, signs, "ended_at", *saved)
    fo = shipment.fulfilment_order
    if fo and fo.status == "dispatched":
        move_row(fo, "complete", machine="fulfilment", event="fulfilment.completed", actor="system")


def _change(order: Order, shipment: Shipment, move: str, event: str, actor: Any, signs: dict, *saved: str) -> None:
    move_row(shipment, move, machine="shipment", event=event, actor=actor, saved=saved)
    units = {row.line_id: row.qty for row in shipment.lines.all()}
    report_quantities(order, {k: {name: sign * q for name, sign in signs.items()} for k, q in units.items()})
