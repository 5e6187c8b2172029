"""A parcel that was lost has turned up: its units are no longer written off."""

from datetime import datetime
from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_shipment, move_row
from fulfilment.actions._parcel import change, keep, said
from fulfilment.actions.answer_loss import undo_loss, written_off_besides
from fulfilment.models import Shipment
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.lifecycle import require
from orders.actions.finish import complete_if_settled, take_up_again
from orders.actions.progress import report_quantities
from orders.models import Order

EVENT = "fulfilment.found"


def find(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """It is on its way to the customer again; the order goes back to work. Refuses once the order is closed."""
    return _back_on_the_road(number, "find", {"written_off": -1}, reason, actor, at)


def find_returning(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """The carrier found it and brings it back to us; the order goes back to work. Refuses once the order is closed."""
    return _back_on_the_road(number, "find_returning", {"written_off": -1, "returning": 1}, reason, actor, at)


@transaction.atomic
def find_delivered(number: str, *, reason: str, actor: Any, at: datetime | None = None) -> Shipment:
    """It had reached the customer after all. Refuses once the order is closed."""
    order, shipment = lock_shipment(number)
    _begin(order, shipment, "find_delivered", reason)
    shipment.ended_at = now()
    shipment.delivered_at = at or shipment.ended_at
    change(
        order, shipment, "find_delivered", EVENT, actor, {"written_off": -1, "delivered": 1}, "note", "ended_at", "delivered_at",
        kept=str(written_off_besides(order, shipment)),
    )  # fmt: skip
    undo_loss(order, shipment, actor=actor)
    report_quantities(order, {}, delivered_at=shipment.delivered_at)
    keep(shipment, shipment.status, reason, at)
    publish("fulfilment.delivered", subject=number, actor=actor, stream=order.number)
    complete_if_settled(order, actor="system")
    return shipment


@transaction.atomic
def _back_on_the_road(
    number: str, move: str, signs: dict[str, int], reason: str, actor: Any, at: datetime | None
) -> Shipment:
    order, shipment = lock_shipment(number)
    _begin(order, shipment, move, reason)
    shipment.ended_at = None
    kept = str(written_off_besides(order, shipment))
    change(order, shipment, move, EVENT, actor, signs, "note", "ended_at", kept=kept)
    undo_loss(order, shipment, actor=actor)
    keep(shipment, shipment.status, reason, at)
    fo = shipment.fulfilment_order
    if fo and fo.status == "completed":
        move_row(fo, "take_up", machine="fulfilment", event="fulfilment.taken_up", actor="system")
    take_up_again(order, reason=f"{number} was found.", actor="system")
    return shipment


def _begin(order: Order, shipment: Shipment, move: str, reason: str) -> None:
    shipment.order = order  # the locked row, for the rule that reads its status
    require(shipment, move)
    shipment.note = said(reason)
