"""What every step about a lost parcel shares: its worth, its place in the order's answer, its history."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Min, Sum

from fulfilment.actions._move import lock_shipment, move_row
from fulfilment.models import Loss, LossAnswer, Shipment
from fulfilment.models.parcels import CLAIM_DAYS
from fulfilment.states import ClaimStatus
from oms.events.publish import publish, publish_move
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refused
from oms.kernel.money import quantize
from orders.actions.progress import report_losses
from orders.models import Order, OrderLine

ANSWER_WITHIN = timedelta(hours=24)  # the customer has waited long enough already
# Ours is the van, or nobody's: there is no carrier to claim from.
OWN_VAN = "own"


def open_loss(order: Order, shipment: Shipment, *, actor: Any) -> None:
    """Ask what the customer gets for a parcel just written off, and for the claim. `order` is locked.

    A parcel that came in as history asks nothing: its source has settled it.
    """
    if shipment.is_historical or order.is_historical:
        return
    loss = Loss.objects.filter(shipment=shipment).first()
    if loss is None:
        _create(order, shipment)
    elif loss.answer == LossAnswer.FOUND:  # lost a second time
        loss.answer, loss.answered_at, loss.answered_by = LossAnswer.OPEN, None, ""
        loss.order, loss.lost_at, loss.answer_by = order, now(), now() + ANSWER_WITHIN
        loss.save(update_fields=["answer", "answered_at", "answered_by", "lost_at", "answer_by"])
        if loss.status == ClaimStatus.DROPPED and _carrier_pays(shipment):
            loss.claim_by = _claim_by(shipment, loss.lost_at)
            move_row(
                loss, "open_again", machine="loss", event="fulfilment.claim_opened_again", actor=actor, saved=("claim_by",)
            )  # fmt: skip
    report(order)


def lock_loss(number: str) -> tuple[Order, Shipment, Loss]:
    """Lock the order behind shipment `number` and read its loss afresh; Refused when it never was lost."""
    order, shipment = lock_shipment(number)
    loss = Loss.objects.filter(shipment=shipment).first()
    if loss is None:
        raise Refused("not_lost", f"{number} was never noted as lost.")
    loss.order = shipment.order = order
    return order, shipment, loss


def answer(loss: Loss, given: LossAnswer, *, actor: Any, who: str, **saved: Any) -> None:
    """Book what became of the customer's side of a loss whose order is locked, and bring the order up to date."""
    if not loss.is_open and given != LossAnswer.FOUND:
        raise Refused("answered", f"{loss.shipment.number} is answered already: {loss.get_answer_display().lower()}.")
    loss.answer, loss.answered_at, loss.answered_by = given, now(), who[:80]
    for name, value in saved.items():
        setattr(loss, name, value)
    loss.save(update_fields=["answer", "answered_at", "answered_by", *saved])
    amount = {"amount": str(loss.worth), "currency": loss.order.currency}
    event = "fulfilment.loss_undone" if given == LossAnswer.FOUND else f"fulfilment.loss_{given.value}"
    publish(event, subject=loss.number, stream=loss.order.number, actor=actor, **amount)
    report(loss.order)


def report(order: Order) -> None:
    """Push down what of a locked order is lost and not answered."""
    still = Loss.objects.filter(order=order, answer=LossAnswer.OPEN).aggregate(by=Min("answer_by"), worth=Sum("worth"))
    report_losses(order, still["by"], still["worth"] or Decimal(0))


def worth_of(order: Order, shipment: Shipment) -> Decimal:
    """The frozen value of the parcel's units, with shipping when nothing of the order reaches anybody.

    Returns count a line's units from its first one on, losses from its last: together never more than the line.
    """
    if order.qty_written_off == order.qty_ordered - order.qty_cancelled == sum(x.qty for x in shipment.lines.all()):
        return max(order.amount_due, Decimal(0))
    parts = [_share(x.line, x.qty, order.currency) for x in shipment.lines.select_related("line")]
    return max(min(sum(parts, Decimal(0)), order.amount_due), Decimal(0))


def _share(line: OrderLine, qty: int, currency: str) -> Decimal:
    top = line.qty_ordered - (line.qty_written_off - qty)
    return quantize(line.total * top / line.qty_ordered, currency) - quantize(
        line.total * (top - qty) / line.qty_ordered, currency
    )


def _create(order: Order, shipment: Shipment) -> None:
    at = now()
    is_claimed = _carrier_pays(shipment)
    loss = Loss.objects.create(
        number=f"{shipment.number}-C", shipment=shipment, order=order, worth=worth_of(order, shipment), lost_at=at,
        answer_by=at + ANSWER_WITHIN, claim_by=_claim_by(shipment, at),
        status=ClaimStatus.DUE if is_claimed else ClaimStatus.DROPPED,
        claim_note="" if is_claimed else "No carrier had it.",
    )  # fmt: skip
    publish_move(
        "fulfilment.loss_opened", subject=loss.number, actor="system", stream=order.number, machine="loss", move="create",
        source="", target=loss.status, amount=str(loss.worth), currency=order.currency,
    )  # fmt: skip


def _claim_by(shipment: Shipment, lost_at: datetime) -> date:
    """The last day the carrier takes a claim; where nobody carried it, the usual one."""
    days = shipment.carrier.claim_days if shipment.carrier else CLAIM_DAYS
    return business_date(lost_at) + timedelta(days=days)


def _carrier_pays(shipment: Shipment) -> bool:
    return shipment.carrier is not None and shipment.carrier.code != OWN_VAN
