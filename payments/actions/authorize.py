"""The gateway promises the money; capture takes it. A gateway may tell either twice; the books hear it once."""

from typing import Any

from django.db import transaction

from payments.actions._move import lock_payment, move_payment
from payments.actions._once import told_before
from payments.actions._push import push_money
from payments.models import Payment


@transaction.atomic
def authorize_payment(number: str, *, actor: Any, source: str = "", external_id: str = "") -> Payment:
    """Also accepted after a failure: the order is looked at again."""
    order, payment = lock_payment(number)
    if told_before(payment, source, external_id):
        return payment
    move_payment(
        payment, "authorize", event="payments.authorized", kind="authorized", amount=payment.amount, actor=actor,
        told=(source, external_id),
    )  # fmt: skip
    push_money(order)
    return payment


@transaction.atomic
def capture_payment(number: str, *, actor: Any, source: str = "", external_id: str = "") -> Payment:
    """Take the whole amount of a pending or authorised payment."""
    order, payment = lock_payment(number)
    if told_before(payment, source, external_id):
        return payment
    payment.captured_amount = payment.amount
    move_payment(
        payment, "capture", event="payments.captured", kind="captured", amount=payment.amount, actor=actor,
        saved=("captured_amount",), told=(source, external_id),
    )  # fmt: skip
    push_money(order)
    return payment
