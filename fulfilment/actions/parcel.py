"""What happens to a parcel on the road: tracked, delivered, lost, or on its way back."""

from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_shipment, move_row
from fulfilment.models import Shipment, TrackingEvent
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities
from orders.models import Order

TRACK_MOVES = ("transit", "out_for_delivery", "fail_attempt", "delay", "return_transit")


@transaction.atomic
def track(number: str, *, move: str, text: str = "", actor: Any) -> Shipment:
    """Note where the parcel is; only ever forward."""
    if move not in TRACK_MOVES:
        raise Refused("move_unknown", "Choose where the parcel is from the list.")
    _, shipment = lock_shipment(number)
    move_row(shipment, move, machine="shipment", event="fulfilment.tracked", actor=actor, text=text)
    TrackingEvent.objects.create(shipment=shipment, status=shipment.status, text=text[:300])
    return shipment


@transaction.atomic
def deliver(number: str, *, actor: Any) -> Shipment:
    """Every unit of the parcel reached the customer."""
    order, shipment = lock_shipment(number)
    shipment.delivered_at = now()
    _end(order, shipment, "deliver", "fulfilment.parcel_delivered", actor, {"delivered": 1}, "delivered_at")
    if order.qty_delivered + order.qty_rto + order.qty_written_off == order.qty_ordered - order.qty_cancelled:
        report_quantities(order, {}, delivered_at=shipment.delivered_at)
    publish("fulfilment.delivered", subject=number, actor=actor, stream=order.number)
    complete_if_settled(order, actor="system")
    return shipment


@transaction.atomic
def lose(number: str, *, reason: str, actor: Any) -> Shipment:
    """The carrier lost the parcel: its units are written off, never silently back in stock."""
    order, shipment = lock_shipment(number)
    shipment.note = reason[:500]
    _end(order, shipment, "lose", "fulfilment.lost", actor, {"written_off": 1}, "note")
    complete_if_settled(order, actor="system")
    return shipment


@transaction.atomic
def initiate_rto(number: str, *, reason: str, actor: Any) -> Shipment:
    """Ask the carrier to bring the parcel back to origin."""
    order, shipment = lock_shipment(number)
    shipment.note = reason[:500]
    _change(order, shipment, "initiate_rto", "fulfilment.rto_initiated", actor, {"returning": 1}, "note")
    return shipment


@transaction.atomic
def receive_rto(number: str, *, actor: Any) -> Shipment:
    """The parcel is back; the returns desk opens its file and books what is in it."""
    order, shipment = lock_shipment(number)
    _end(order, shipment, "receive_rto", "fulfilment.parcel_back", actor, {"returning": -1, "rto": 1})
    publish("fulfilment.rto_received", subject=number, actor=actor, stream=order.number)
    return shipment


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
