"""Finance has looked at the account: the money is there, or it is not."""

from typing import Any

from django.db import transaction

from payments.actions._move import checked_reason, lock_payment, move_payment
from payments.actions._push import push_money
from payments.models import Payment


@transaction.atomic
def verify_payment(number: str, *, actor: Any) -> Payment:
    """The reference was found in the account: the whole amount counts as received."""
    order, payment = lock_payment(number)
    payment.captured_amount = payment.amount
    move_payment(
        payment, "verify", event="payments.verified", kind="captured", amount=payment.amount, actor=actor,
        saved=("captured_amount",),
    )  # fmt: skip
    push_money(order)
    return payment


@transaction.atomic
def reject_payment(number: str, *, reason: str, actor: Any) -> Payment:
    """The reference is not in the account: the payment failed and the order asks for a new one."""
    order, payment = lock_payment(number)
    payment.note = checked_reason(reason)
    move_payment(
        payment, "reject", event="payments.rejected", kind="failed", amount=payment.amount, actor=actor,
        saved=("note",), reason=payment.note,
    )  # fmt: skip
    push_money(order)
    return payment
