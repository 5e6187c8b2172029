"""The customer's bank asks for the money back."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from payments.actions._move import checked_reason, lock_payment, move_payment
from payments.actions._push import push_money
from payments.actions.refund import book_given_back
from payments.models import Payment


@transaction.atomic
def open_dispute(number: str, *, reason: str, actor: Any) -> Payment:
    """Mark what is left of a payment as disputed; nothing of it can be refunded meanwhile."""
    order, payment = lock_payment(number)
    payment.note = checked_reason(reason)
    left = payment.captured_amount - payment.refunded_amount
    move_payment(
        payment, "dispute", event="payments.disputed", kind="disputed", amount=left, actor=actor, saved=("note",),
        reason=payment.note,
    )  # fmt: skip
    push_money(order)
    return payment


@transaction.atomic
def settle_dispute(number: str, *, won: bool, actor: Any) -> Payment:
    """Won: the money stays. Lost: what was left counts as refunded."""
    order, payment = lock_payment(number)
    if payment.status != "disputed":
        raise Refused("not_disputed", f"{number} is not disputed.")
    left = payment.captured_amount - payment.refunded_amount
    if won:
        move = "win_dispute_rest" if payment.refunded_amount else "win_dispute"
        move_payment(payment, move, event="payments.dispute_won", kind="settled", amount=left, actor=actor)
    else:
        require(payment, "lose_dispute")
        book_given_back(order, payment, left, reason="Dispute lost", at=now(), actor=actor)
        payment.refunded_amount = payment.captured_amount
        move_payment(
            payment, "lose_dispute", event="payments.dispute_lost", kind="refunded", amount=left, actor=actor,
            saved=("refunded_amount",),
        )  # fmt: skip
    push_money(order)
    return payment
