"""What happens to a parcel on the road: tracked, delivered, lost, or on its way back (found again: find.py)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from fulfilment.actions._loss import open_loss
from fulfilment.actions._move import lock_shipment
from fulfilment.actions._parcel import change, end, keep, said, step
from fulfilment.actions.find import find, find_delivered, find_returning
from fulfilment.models import Shipment
from fulfilment.states import COMING_BACK
from fulfilment.states import ShipmentStatus as S
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import refusals
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities

TRACK_MOVES = ("transit", "out_for_delivery", "fail_attempt", "delay", "return_transit")
# Our state for a carrier's word -> the move that leads there.
HEARD = {
    S.IN_TRANSIT: "transit", S.OUT_FOR_DELIVERY: "out_for_delivery", S.ATTEMPT_FAILED: "fail_attempt",
    S.DELAYED: "delay", S.DELIVERED: "deliver", S.RTO_INITIATED: "initiate_rto", S.RTO_IN_TRANSIT: "return_transit",
    S.LOST: "lose", S.DAMAGED: "damage",
}  # fmt: skip
# The same words about a parcel that was given up.
HEARD_OF_LOST = HEARD | {
    S.IN_TRANSIT: "find", S.OUT_FOR_DELIVERY: "find", S.ATTEMPT_FAILED: "find", S.DELAYED: "find",
    S.DELIVERED: "find_delivered", S.RTO_INITIATED: "find_returning", S.RTO_IN_TRANSIT: "find_returning",
}  # fmt: skip


@transaction.atomic
def track(number: str, *, move: str, text: str = "", at: datetime | None = None, actor: Any) -> Shipment:
    """Note where the parcel is, as of `at` (default: now). Only ever forward: refuses a step back."""
    if move not in TRACK_MOVES:
        raise Refused("move_unknown", "Choose where the parcel is from the list.")
    order, shipment = lock_shipment(number)
    step(order, shipment, move, event="fulfilment.tracked", actor=actor, at=at, text=text[:300])
    keep(shipment, shipment.status, text, at)
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
    move = (HEARD_OF_LOST if shipment.status == S.LOST else HEARD)[status]
    if (newest and at < newest) or shipment.status == status or refusals(shipment, move):
        keep(shipment, status, text, at, is_applied=False)
        return False
    if move in TRACK_MOVES:
        track(number, move=move, text=text, at=at, actor=actor)
    else:
        MOVES[move](number, actor=actor, reason=text or "The carrier says so.", at=at)
        if move == "find" and status != S.IN_TRANSIT:
            track(number, move=HEARD[status], text=text, at=at, actor=actor)
    return True


@transaction.atomic
def deliver(number: str, *, actor: Any, reason: str = "", at: datetime | None = None) -> Shipment:
    """Every unit of the parcel reached the customer."""
    order, shipment = lock_shipment(number)
    shipment.delivered_at = at or now()
    end(order, shipment, "deliver", "fulfilment.parcel_delivered", actor, {"delivered": 1}, "delivered_at")
    keep(shipment, shipment.status, reason, at)
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
    was = shipment.status
    shipment.note = said(reason)
    signs = {} if was == S.LOST else {"written_off": 1, "returning": -1} if was in COMING_BACK else {"written_off": 1}
    end(order, shipment, move, event, actor, signs, "note")
    keep(shipment, shipment.status, reason, at)
    if was != S.LOST:
        open_loss(order, shipment, actor=actor)
    complete_if_settled(order, actor="system")
    return shipment


@transaction.atomic
def initiate_rto(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """Ask the carrier to bring the parcel back to origin."""
    order, shipment = lock_shipment(number)
    shipment.note = said(reason)
    change(order, shipment, "initiate_rto", "fulfilment.rto_initiated", actor, {"returning": 1}, "note")
    keep(shipment, shipment.status, reason, at)
    return shipment


@transaction.atomic
def receive_rto(number: str, *, actor: Any, reason: str = "", at: datetime | None = None) -> Shipment:
    """The parcel is back; the returns desk opens its file and books what is in it."""
    order, shipment = lock_shipment(number)
    end(order, shipment, "receive_rto", "fulfilment.parcel_back", actor, {"returning": -1, "rto": 1})
    keep(shipment, shipment.status, reason, at)
    publish("fulfilment.rto_received", subject=number, actor=actor, stream=order.number)
    return shipment


MOVES = {
    "deliver": deliver, "lose": lose, "damage": damage, "initiate_rto": initiate_rto, "receive_rto": receive_rto,
    "find": find, "find_delivered": find_delivered, "find_returning": find_returning,
}  # fmt: skip
