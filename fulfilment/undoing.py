"""How the steps of the floor are taken back (orders/undoing.py says when)."""

from typing import Any

from fulfilment.actions.pack import reopen_pack
from fulfilment.actions.pick import put_back, reopen_pick
from fulfilment.actions.take_back import take_back, what_stays
from oms.events.models import Event
from orders.models import Order
from orders.undoing import Undoable, register


def _pick_started(order: Order, step: Event, actor: Any) -> None:
    put_back(step.subject, actor=actor)


def _picked(order: Order, step: Event, actor: Any) -> None:
    reopen_pick(step.subject, actor=actor)


def _packed(order: Order, step: Event, actor: Any) -> None:
    reopen_pack(step.subject, actor=actor)


def _parcel_of_two(order: Order, step: Event) -> list[str]:
    apart = Event.objects.filter(stream=order.number, tx=step.tx, name="fulfilment.split").first()
    return [f"What was left over stays a parcel of its own, {apart.subject}."] if apart else []


register("fulfilment.pick_started", Undoable(_pick_started, "fulfilment", "pick"))
register("fulfilment.picked", Undoable(_picked, "fulfilment", "pick"))
register("fulfilment.packed", Undoable(_packed, "fulfilment", "pack", _parcel_of_two))
register("fulfilment.dispatched", Undoable(take_back, "fulfilment", "dispatch", what_stays, apart=True))
