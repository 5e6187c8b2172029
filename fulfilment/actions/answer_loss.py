"""A parcel is lost: send its goods again, give their money back, or take it all back because it turned up."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from fulfilment.actions._loss import answer, lock_loss, report
from fulfilment.actions._move import move_row
from fulfilment.models import Loss, LossAnswer, Shipment
from fulfilment.states import CLAIM_OPEN
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.send_again import send_again
from orders.locks import lock_order
from orders.models import Order
from payments.actions.lost import take_back_refund, write_off_loss


@transaction.atomic
def send_lost_again(number: str, *, actor: Any) -> Loss:
    """Put the units of lost shipment `number` back to work; the customer pays nothing more and keeps the frozen price.

    Stock is promised now; what nobody has becomes a back-order. Refuses once the loss is answered or the books are closed.
    """
    order, shipment, loss = lock_loss(number)
    _open(order, loss)
    units = {row.line_id: row.qty for row in shipment.lines.all()}
    answer(loss, LossAnswer.SENT_AGAIN, actor=actor, who=as_actor(actor).name)
    send_again(order, units, reason=f"{number} is lost", actor=actor)
    return loss


@transaction.atomic
def refund_loss(number: str, *, actor: Any) -> Loss:
    """Take what lost shipment `number` was worth off what the customer owes, and ask for the refund of what they paid for it.

    Finance approves and sends it, as any other. Refuses once the loss is answered or the books are closed.
    """
    order, _, loss = lock_loss(number)
    _open(order, loss)
    amount = min(loss.worth, max(order.amount_due, Decimal(0)))
    refund = write_off_loss(order, amount, shipment=number, actor=actor)
    order.refresh_from_db()
    answer(
        loss, LossAnswer.REFUNDED, actor=actor, who=as_actor(actor).name, written_off=amount,
        refund_number=refund.number if refund else "",
    )  # fmt: skip
    return loss


@transaction.atomic
def close_losses(order_number: str, *, actor: Any) -> None:
    """The cash of the lost parcels was given up and nothing else was paid: nothing is left to answer."""
    order = lock_order(order_number)
    for loss in Loss.objects.filter(order=order, answer=LossAnswer.OPEN).order_by("pk"):
        loss.order = order
        answer(loss, LossAnswer.WRITTEN_OFF, actor=actor, who=as_actor(actor).name)


def written_off_besides(order: Order, shipment: Shipment) -> Decimal:
    """What the order's other lost parcels were written off for, one by one."""
    others = Loss.objects.filter(order=order).exclude(shipment=shipment)
    return sum(others.values_list("written_off", flat=True), Decimal(0))


def undo_loss(order: Order, shipment: Shipment, *, actor: Any) -> None:
    """The parcel turned up: nobody has to answer it, an unsent refund is stopped, an open claim dropped. `order` is locked."""
    loss = Loss.objects.filter(shipment=shipment).select_related("shipment").first()
    if loss is None:
        return
    loss.order = order
    if loss.refund_number:
        take_back_refund(loss.refund_number, reason=f"{shipment.number} turned up.", actor=actor)
        order.refresh_from_db()
    answer(loss, LossAnswer.FOUND, actor=actor, who=as_actor(actor).name, written_off=Decimal(0), refund_number="")
    if loss.status in CLAIM_OPEN:
        loss.claim_note, loss.claim_ended_at = "It turned up.", now()
        move_row(
            loss, "drop", machine="loss", event="fulfilment.claim_dropped", actor=actor,
            saved=("claim_note", "claim_ended_at"), reason=loss.claim_note,
        )  # fmt: skip
    report(order)


def _open(order: Order, loss: Loss) -> None:
    if not loss.is_open:
        raise Refused("answered", f"{loss.shipment.number} is answered already: {loss.get_answer_display().lower()}.")
    if order.status == "closed":
        raise Refused("order_closed", f"{order.number} is closed. Reopen its books first.")
