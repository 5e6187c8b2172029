"""End a payment that never brought money."""

from typing import Any

from django.db import transaction

from payments.actions._lost import write_off_lost
from payments.actions._move import checked_reason, lock_payment, move_payment
from payments.actions._push import push_money
from payments.models import Method, Payment


@transaction.atomic
def void_payment(number: str, *, reason: str, actor: Any) -> Payment:
    """Take back a payment that is not received yet. What was received is refunded instead."""
    return _end(number, "void", "voided", reason, actor)


@transaction.atomic
def fail_payment(number: str, *, reason: str, actor: Any) -> Payment:
    """The gateway or the customer's bank refused it."""
    return _end(number, "fail", "failed", reason, actor)


@transaction.atomic
def expire_payment(number: str, *, actor: Any) -> Payment:
    """The time to pay or to capture it ran out."""
    return _end(number, "expire", "expired", "The time to pay ran out.", actor)


def _end(number: str, move: str, kind: str, reason: str, actor: Any) -> Payment:
    order, payment = lock_payment(number)
    payment.note = checked_reason(reason)
    move_payment(
        payment, move, event=f"payments.{kind}", kind=kind, amount=payment.amount, actor=actor, saved=("note",),
        reason=payment.note,
    )  # fmt: skip
    push_money(order)
    if move == "void" and payment.method == Method.COD:
        write_off_lost(order, actor=actor)
    return payment
