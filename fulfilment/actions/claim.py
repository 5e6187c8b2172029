"""The claim on the carrier for a lost parcel: filed, paid, refused, or given up with a reason."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from fulfilment.actions._loss import lock_loss
from fulfilment.actions._move import move_row
from fulfilment.models import Loss
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.money import quantize


@transaction.atomic
def file_claim(number: str, *, amount: Decimal, reference: str, actor: Any) -> Loss:
    """Note that `amount` (the order's currency) was claimed for shipment `number`; `reference` is the carrier's own number."""
    order, _, loss = lock_loss(number)
    loss.claimed, loss.claim_reference = _amount(amount, order.currency), reference.replace("\x00", "").strip()[:80]
    loss.claimed_at, loss.claim_ended_at = now(), None
    move_row(
        loss, "file", machine="loss", event="fulfilment.claim_filed", actor=actor,
        saved=("claimed", "claim_reference", "claimed_at", "claim_ended_at"), amount=str(loss.claimed),
        currency=order.currency, text=loss.claim_reference,
    )  # fmt: skip
    return loss


@transaction.atomic
def settle_claim(number: str, *, amount: Decimal, actor: Any) -> Loss:
    """Note what the carrier paid, which may be less than was claimed."""
    order, _, loss = lock_loss(number)
    loss.recovered, loss.claim_ended_at = _amount(amount, order.currency), now()
    move_row(
        loss, "settle", machine="loss", event="fulfilment.claim_paid", actor=actor,
        saved=("recovered", "claim_ended_at"), amount=str(loss.recovered), currency=order.currency,
    )  # fmt: skip
    return loss


@transaction.atomic
def refuse_claim(number: str, *, reason: str, actor: Any) -> Loss:
    """Note that the carrier does not pay, and why they say so. It can be filed again."""
    return _end(number, "refuse", "fulfilment.claim_refused", reason, actor)


@transaction.atomic
def drop_claim(number: str, *, reason: str, actor: Any) -> Loss:
    """Claim nothing, or no more; the reason is kept."""
    return _end(number, "drop", "fulfilment.claim_dropped", reason, actor)


@transaction.atomic
def open_claim_again(number: str, *, actor: Any) -> Loss:
    """Claim after all what was given up."""
    _, _, loss = lock_loss(number)
    loss.claim_note, loss.claim_ended_at = "", None
    move_row(
        loss, "open_again", machine="loss", event="fulfilment.claim_opened_again", actor=actor,
        saved=("claim_note", "claim_ended_at"),
    )  # fmt: skip
    return loss


def _end(number: str, move: str, event: str, reason: str, actor: Any) -> Loss:
    _, _, loss = lock_loss(number)
    if not (text := reason.replace("\x00", "").strip()):
        raise Refused("reason_missing", "Say why; whoever reads the books will ask.")
    loss.claim_note, loss.claim_ended_at = text[:300], now()
    move_row(
        loss,
        move,
        machine="loss",
        event=event,
        actor=actor,
        saved=("claim_note", "claim_ended_at"),
        reason=loss.claim_note,
    )
    return loss


def _amount(amount: Decimal, currency: str) -> Decimal:
    if amount <= 0:
        raise Refused("amount_not_positive", "Enter an amount above zero.")
    if amount != quantize(amount, currency):
        raise Refused("amount_too_fine", f"{currency} has no coin that small; check the amount.")
    return amount
