"""Let received money follow the units that became another order: the books' sums over both orders do not change."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from oms.kernel.money import allocate, format_money
from orders.locks import lock_order
from orders.models import Order
from payments.actions._move import create_payment, note_fact
from payments.actions._push import push_money
from payments.actions.follow import follow_amendment
from payments.actions.void import void_payment
from payments.models import Method, Payment, Refund
from payments.states import DEAD, OPEN_REFUND, REFUNDABLE, PaymentStatus


@transaction.atomic
def share_money(giver: str, taker: str, *, actor: Any) -> None:
    """Divide what was received, and not gone back, by what each order is worth now; later money comes to each alone.

    Refuses while money is under way in either direction: a refund asked for, or a payment announced that is not cash.
    """
    order, other = lock_order(giver), lock_order(taker)
    _require_quiet(order)
    payments = list(Payment.objects.filter(order=order, status__in=REFUNDABLE).order_by("pk"))
    room = sum((p.refundable for p in payments), Decimal(0))
    worth = [max(order.amount_due, Decimal(0)), max(other.amount_due, Decimal(0))]
    goes = allocate(room, worth, order.currency)[1] if any(worth) else Decimal(0)
    for payment in reversed(payments):  # the latest money first: the older may be in a settled statement
        if (amount := min(goes, payment.refundable)) > 0:
            _give(payment, order, other, amount, actor)
            goes -= amount
    _lower_announced(order)
    for one in (order, other):
        push_money(one)
        follow_amendment(one.number, actor=actor)


def _require_no_refund(order: Order) -> None:
    going = order.refunds.filter(status__in=OPEN_REFUND).first()  # type: ignore[attr-defined]
    if going:
        sum_ = format_money(going.amount, going.currency)
        raise Refused("refund_under_way", f"{going.number} over {sum_} is under way; decide or finish it first.")


def _require_quiet(order: Order) -> None:
    _require_no_refund(order)
    announced = Payment.objects.filter(order=order, status=PaymentStatus.PENDING).exclude(method=Method.COD).first()
    if announced:
        raise Refused("payment_under_way", f"{announced.number} is announced and not here yet; void it or wait for it.")


def _give(payment: Payment, order: Order, other: Order, amount: Decimal, actor: Any) -> None:
    """Take `amount` out of a payment, as facts are never changed: noted again with its sign turned; and note it there."""
    payment.order = order
    if amount == payment.captured_amount == payment.amount:
        move_whole(payment, other, actor=actor)
        return
    payment.amount -= amount
    payment.captured_amount -= amount
    payment.save(update_fields=["amount", "captured_amount", "updated_at"])
    note_fact(payment, "captured", -amount, actor=actor, reference=payment.reference)
    moved = create_payment(
        other, status=PaymentStatus.CAPTURED, actor=actor, event="payments.moved_in", method=payment.method, amount=amount,
        captured_amount=amount, reference=payment.reference, received_at=payment.received_at,
        note=f"Part of {payment.number} on {order.number}",
    )  # fmt: skip
    publish(
        "payments.moved_out", subject=payment.number, stream=order.number, actor=actor, amount=str(amount),
        currency=payment.currency, label=f"to {other.number}, as {moved.number}",
    )  # fmt: skip


def move_whole(payment: Payment, other: Order, *, actor: Any) -> None:
    """Let a payment with all its facts and refunds belong to the other order; both are locked."""
    order = payment.order
    twin = _same_reference(payment, other)
    if twin and _of_one_order(order, other) and payment.captured_amount == payment.amount == payment.refundable:
        _fold(payment, twin, actor)
        return
    if twin:
        raise Refused(
            "payment_twice",
            f"{order.number} and {other.number} both have a payment {payment.reference}; void the one that is not there.",
        )
    publish(
        "payments.moved_out", subject=payment.number, stream=order.number, actor=actor, amount=str(payment.amount),
        currency=payment.currency, label=f"to {other.number}",
    )  # fmt: skip
    payment.order = other
    payment.save(update_fields=["order", "updated_at"])
    publish(
        "payments.moved_in", subject=payment.number, stream=other.number, actor=actor, amount=str(payment.amount),
        currency=payment.currency, label=f"from {order.number}",
    )  # fmt: skip


def _same_reference(payment: Payment, other: Order) -> Payment | None:
    if not payment.reference:
        return None
    rows = Payment.objects.live().filter(order=other, method=payment.method, reference=payment.reference)
    return rows.first()


def _of_one_order(one: Order, two: Order) -> bool:
    """Whether one was split from the other, or both from a third: then the same reference is the same money."""
    return bool({one.pk, one.split_from_id} & {two.pk, two.split_from_id} - {None})


def _fold(payment: Payment, into: Payment, actor: Any) -> None:
    """Put a part of a payment back to the part it was taken from; its facts stay, and come to nothing."""
    amount, order = payment.amount, payment.order
    for row, change in ((payment, -amount), (into, amount)):
        row.amount += change
        row.captured_amount += change
        row.save(update_fields=["amount", "captured_amount", "updated_at"])
        note_fact(row, "captured", change, actor=actor, reference=row.reference)
    publish(
        "payments.moved_out", subject=payment.number, stream=order.number, actor=actor, amount=str(amount),
        currency=payment.currency, label=f"back to {into.number}",
    )  # fmt: skip


def _lower_announced(order: Order) -> None:
    """Cash the source announced and nobody left to the courier yet: what is open now."""
    for payment in Payment.objects.filter(order=order, status=PaymentStatus.PENDING, method=Method.COD):
        payment.amount = min(payment.amount, max(order.balance_due, Decimal(0)))
        payment.save(update_fields=["amount", "updated_at"])


@transaction.atomic
def move_money(giver: str, taker: str, *, actor: Any) -> None:
    """Let every live payment of the giver, which is over, belong to the taker; its couriers collect one sum.

    Refuses while a refund of the giver is under way.
    """
    order, other = lock_order(giver), lock_order(taker)
    _require_no_refund(order)
    for payment in Payment.objects.filter(order=order).exclude(status__in=DEAD).order_by("pk"):
        payment.order = order
        if payment.status in (PaymentStatus.PENDING, PaymentStatus.COD_DUE) and payment.method == Method.COD:
            void_payment(payment.number, reason=f"Collected with {taker}.", actor=actor)
        else:
            move_whole(payment, other, actor=actor)
    Refund.objects.filter(order=order).update(order=other)  # ended ones, with the payments they came from
    for one in (order, other):
        one.refresh_from_db()
        push_money(one)
    for payment in Payment.objects.filter(order=other, status=PaymentStatus.PENDING, method=Method.COD)[:1]:
        payment.amount = max(other.balance_due, Decimal(0))
        payment.save(update_fields=["amount", "updated_at"])
    follow_amendment(taker, actor=actor)
