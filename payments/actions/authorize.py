"""The gateway promises the money; capture takes it."""

from typing import Any

from django.db import transaction

from payments.actions._move import lock_payment, move_payment
from payments.actions._push import push_money
from payments.models import Payment


@transaction.atomic
def authorize_payment(number: str, *, actor: Any) -> Payment:
    """Also accepted after a failure: the order is looked at again."""
    order, payment = lock_payment(number)
    move_payment(
        payment, "authorize", event="payments.authorized", kind="authorized", amount=payment.amount, actor=actor
    )
    push_money(order)
    return payment


@transaction.atomic
def capture_payment(number: str, *, actor: Any) -> Payment:
    """Take the whole amount of a pending or authorised payment."""
    order, payment = lock_payment(number)
    payment.captured_amount = payment.amount
    move_payment(
        payment, "capture", event="payments.captured", kind="captured", amount=payment.amount, actor=actor,
        saved=("captured_amount",),
    )  # fmt: skip
    push_money(order)
    return payment
