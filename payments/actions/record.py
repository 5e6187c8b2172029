"""Record money that somebody says has arrived."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.money import format_money, quantize
from orders.actions.progress import add_search_terms
from orders.locks import lock_order
from orders.models import Order
from payments.actions._move import create_payment
from payments.actions._once import sent_before
from payments.actions._push import push_money
from payments.models import Method, Payment
from payments.states import PaymentStatus

# Anybody can type such a reference; the money counts when Finance has seen it in the account.
NEEDS_VERIFICATION = (Method.UPI, Method.BANK)


@transaction.atomic
def record_payment(
    order_number: str, *, method: str, amount: Decimal, currency: str = "", reference: str = "",
    received_at: datetime | None = None, note: str = "", request_key: UUID | None = None, actor: Any,
) -> Payment:  # fmt: skip
    """Store a payment of an order: received at once, or waiting for Finance when it is UPI or a bank transfer.

    More than is owed is accepted: the order then says it is overpaid. Refuses amounts of nothing, another currency, a
    reference this order has already, and cash on delivery, which is taken by the courier. The same `request_key` again
    is the same form sent twice: it gets the payment of the first time.
    """
    order = lock_order(order_number)
    reference, at = reference.strip()[:120], received_at or now()
    if made := sent_before(Payment, order, request_key, method=method, amount=amount, reference=reference):
        return made
    _check(order, method, amount, currency or order.currency, reference, at)
    verify = method in NEEDS_VERIFICATION
    payment = create_payment(
        order, status=PaymentStatus.VERIFICATION_PENDING if verify else PaymentStatus.CAPTURED, actor=actor,
        event="payments.recorded", method=method, amount=amount, captured_amount=0 if verify else amount,
        reference=reference, received_at=at, note=note.strip()[:300], request_key=request_key,
    )  # fmt: skip
    push_money(order)
    add_search_terms(order, [reference, payment.number])
    return payment


def _check(order: Order, method: str, amount: Decimal, currency: str, reference: str, at: datetime) -> None:
    if order.status in ("draft", "closed"):
        raise Refused("order_not_open", f"{order.number} is {order.get_status_display().lower()}; open it first.")
    if method not in Method.values:
        raise Refused("method_unknown", "Choose how it was paid from the list.")
    if method == Method.COD:
        raise Refused("cod_by_courier", "Cash on delivery is taken by the courier; match its remittance instead.")
    if currency != order.currency:
        raise Refused("other_currency", f"{order.number} is in {order.currency}; enter the amount in {order.currency}.")
    if amount <= 0:
        raise Refused("amount_not_positive", "Enter an amount above zero.")
    if amount != quantize(amount, currency):
        raise Refused("amount_too_fine", f"{currency} has no coin that small; check the amount.")
    if at > now():
        raise Refused("in_the_future", "It cannot have arrived in the future; check the date.")
    if method in NEEDS_VERIFICATION and not reference:
        raise Refused("reference_missing", "Enter the UPI or bank reference, so that Finance can find the money.")
    _check_new(order, method, reference)


def _check_new(order: Order, method: str, reference: str) -> None:
    if reference and (known := Payment.objects.live().filter(order=order, method=method, reference=reference).first()):
        sum_ = format_money(known.amount, known.currency)
        raise Refused("reference_known", f"{reference} is recorded already: {known.number} over {sum_}.")
