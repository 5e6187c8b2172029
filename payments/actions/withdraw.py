"""Take back the payments that came with an order which is itself taken back: they were reported, never received here."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from orders.locks import lock_order
from payments.actions._move import move_payment
from payments.actions._push import push_money
from payments.models import Payment
from payments.states import DEAD, VOIDABLE

REASON = "Its import was undone."


@transaction.atomic
def withdraw_payments(order_number: str, *, actor: Any) -> None:
    """End every payment of the order. Refuses when money of it went back: that really happened here."""
    order = lock_order(order_number)
    for payment in Payment.objects.filter(order=order).exclude(status__in=DEAD).order_by("pk"):
        payment.order = order
        if payment.status in VOIDABLE:
            payment.note = REASON
            move_payment(
                payment, "void", event="payments.voided", kind="voided", amount=payment.amount, actor=actor, saved=("note",),
                reason=REASON,
            )  # fmt: skip
            continue
        # The facts are never changed: what was noted as received is noted again with its sign turned.
        received, payment.captured_amount, payment.note = payment.captured_amount, Decimal(0), REASON
        move_payment(
            payment, "withdraw", event="payments.withdrawn", kind="captured", amount=-received, actor=actor,
            saved=("captured_amount", "note"), reason=REASON,
        )  # fmt: skip
    push_money(order)
