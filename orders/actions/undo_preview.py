"""What an undo would reverse and what it would not: done and taken back again, as for an amendment."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from oms.events.models import Event
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import plural
from orders.actions.undo import undo_step
from orders.asof.compare import Difference, differences
from orders.asof.rewind import standing_before, standing_now
from orders.locks import lock_order
from orders.models import Order
from orders.undoing import UNDOABLE


@dataclass(frozen=True)
class Consequences:
    """`reversed_` is what would be different after the undo, `stays` what it cannot reach, `refusals` why it is closed."""

    reversed_: list[Difference]
    stays: list[str]
    refusals: tuple[Refusal, ...]


def preview_undo(number: str, *, seq: int, actor: Any) -> Consequences:
    """The consequences of undoing step `seq` now. Nothing is changed."""
    with transaction.atomic():
        order, refused = lock_order(number), None
        before = standing_now(order)
        step = Event.objects.filter(stream=number, seq=seq).first()
        stays = _stays(order, step) if step else []
        try:
            with transaction.atomic():
                undo_step(number, seq=seq, actor=actor)
        except Refused as closed:
            refused = closed
        after = standing_now(Order.objects.get(pk=order.pk))
        transaction.set_rollback(True)
    return Consequences(differences(before, after), stays, refused.reasons if refused else ())


def _stays(order: Order, step: Event) -> list[str]:
    """What happened with the step outside the order. Messages are known by the name of their relation only."""
    told = order.messages.filter(event=step).exclude(status__in=("queued", "skipped"))  # type: ignore[attr-defined]
    found = [f"The customer was told: “{message.subject}”." for message in told]
    waiting = order.messages.filter(event=step, status="queued")  # type: ignore[attr-defined]
    found += [f"“{message.subject}” is still in the outbox and will not be sent." for message in waiting]
    voided = Event.objects.filter(stream=order.number, tx=step.tx, name="payments.voided")
    found += [f"{event.subject} stays voided; record the payment again if it comes." for event in voided]
    before = standing_before(order, step)
    if before and before.order.qty_picked and step.name == "orders.cancelled":
        found.append(f"{plural(before.order.qty_picked, 'picked unit')} went back to the shelf, to be picked anew.")
    if (way := UNDOABLE.get(step.name)) and way.stays:
        found += way.stays(order, step)
    return found
