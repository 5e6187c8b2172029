"""Cash on delivery: due, collected by the courier, and ours only when the remittance is matched."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.money import format_money, quantize
from orders.locks import lock_order
from payments.actions._move import create_payment, lock_payment, move_payment
from payments.actions._push import push_money
from payments.actions.void import void_payment
from payments.models import Method, Payment
from payments.states import PaymentStatus


@transaction.atomic
def expect_cod(order_number: str, *, actor: Any) -> Payment | None:
    """Note what the courier must collect: the payment the source announced, else the balance of the order."""
    order = lock_order(order_number)
    known = Payment.objects.live().filter(order=order, method=Method.COD).order_by("pk").first()
    if known and known.status == PaymentStatus.PENDING:
        return accept_cod(known.number, actor=actor)
    if order.payment_terms != "cod" or known or order.balance_due <= 0:
        return None
    payment = create_payment(
        order, status=PaymentStatus.COD_DUE, actor=actor, event="payments.cod_due", method=Method.COD,
        amount=order.balance_due,
    )  # fmt: skip
    push_money(order)
    return payment


@transaction.atomic
def accept_cod(number: str, *, actor: Any) -> Payment:
    """Leave an announced cash payment to the courier."""
    order, payment = lock_payment(number)
    move_payment(payment, "accept_cod", event="payments.cod_due", kind="cod_due", amount=payment.amount, actor=actor)
    push_money(order)
    return payment


@transaction.atomic
def lower_cod(number: str, *, to: Decimal, actor: Any) -> Payment:
    """Let the courier collect `to` instead, never more than before; nothing to collect ends the payment."""
    order, payment = lock_payment(number)
    if payment.status != PaymentStatus.COD_DUE or to >= payment.amount:
        return payment
    if to <= 0:
        return void_payment(number, reason="Nothing is left to collect.", actor=actor)
    before, payment.amount = payment.amount, to
    payment.save(update_fields=["amount", "updated_at"])
    publish(
        "payments.cod_lowered", subject=number, stream=order.number, actor=actor, before=str(before), amount=str(to),
        currency=payment.currency,
    )  # fmt: skip
    push_money(order)
    return payment


@transaction.atomic
def raise_cod(number: str, *, to: Decimal, actor: Any) -> Payment:
    """Let the courier collect `to` instead, never less than before: the customer ordered more."""
    order, payment = lock_payment(number)
    if payment.status != PaymentStatus.COD_DUE or to <= payment.amount:
        return payment
    before, payment.amount = payment.amount, to
    payment.save(update_fields=["amount", "updated_at"])
    publish(
        "payments.cod_raised", subject=number, stream=order.number, actor=actor, before=str(before), amount=str(to),
        currency=payment.currency,
    )  # fmt: skip
    push_money(order)
    return payment


@transaction.atomic
def collect_cod(number: str, *, actor: Any) -> Payment:
    """The courier has the cash. The order is still not paid."""
    order, payment = lock_payment(number)
    move_payment(
        payment, "collect", event="payments.cod_collected", kind="collected", amount=payment.amount, actor=actor
    )
    push_money(order)
    return payment


@transaction.atomic
def remit_cod(number: str, *, reference: str, amount: Decimal | None = None, actor: Any) -> Payment:
    """Match the courier's remittance. Less than was due is accepted and the rest stays owed; more is refused."""
    order, payment = lock_payment(number)
    require(payment, "remit")
    payment.captured_amount = payment.amount if amount is None else amount
    payment.reference = reference.strip()[:120]
    _check(payment)
    move_payment(
        payment, "remit", event="payments.cod_remitted", kind="captured", amount=payment.captured_amount, actor=actor,
        saved=("captured_amount", "reference"),
    )  # fmt: skip
    push_money(order)
    return payment


def _check(payment: Payment) -> None:
    got = payment.captured_amount
    if not payment.reference:
        raise Refused("reference_missing", "Enter the reference of the courier's remittance.")
    if got <= 0 or got > payment.amount or got != quantize(got, payment.currency):
        due = format_money(payment.amount, payment.currency)
        raise Refused("amount_impossible", f"The courier owes {due}; enter what it sent, at most that.")
