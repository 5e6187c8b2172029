"""What the money does when the order or its parcels move."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from orders.locks import lock_order
from orders.states import OrderStatus
from payments.actions._lost import take_write_off_back
from payments.actions.cod import collect_cod, expect_cod, lower_cod, raise_cod
from payments.actions.refund import decline_refund, refund_room, request_refund
from payments.actions.void import void_payment
from payments.models import Payment, Refund
from payments.states import REFUNDABLE, VOIDABLE, PaymentStatus, RefundStatus


@transaction.atomic
def follow_cancellation(order_number: str, *, actor: Any) -> None:
    """Void what has not arrived; ask for the refund of what has. Finance still approves and sends it."""
    order = lock_order(order_number)
    for payment in Payment.objects.filter(order=order, status__in=VOIDABLE):
        void_payment(payment.number, reason="Order cancelled.", actor=actor)
    received = Payment.objects.filter(order=order, status__in=REFUNDABLE)
    if (room := sum((p.refundable for p in received), Decimal(0))) > 0:
        request_refund(order_number, amount=room, reason="Order cancelled", actor=actor)


@transaction.atomic
def follow_remainder(order_number: str, *, actor: Any) -> None:
    """Ask for the refund of what the order no longer costs and is not going back already."""
    order = lock_order(order_number)
    room, under_way = refund_room(order)
    if (amount := min(-order.balance_due - under_way, room)) > 0:
        request_refund(order_number, amount=amount, reason="Part of the order cancelled", actor=actor)


@transaction.atomic
def follow_amount(order_number: str, *, actor: Any, reason: str = "Part of the order cancelled") -> Refund | None:
    """The customer owes less: the courier collects less, and what was paid too much is proposed for refund.

    The refund, or None when nothing was paid too much.
    """
    order = lock_order(order_number)
    for payment in Payment.objects.filter(order=order, status=PaymentStatus.COD_DUE).order_by("pk"):
        lower_cod(payment.number, to=max(order.balance_due, Decimal(0)), actor=actor)
        order.refresh_from_db()
    received = list(Payment.objects.filter(order=order, status__in=REFUNDABLE))
    under_way = sum((p.pending_refund_amount for p in received), Decimal(0))
    room = sum((p.refundable for p in received), Decimal(0))
    too_much = min(-order.balance_due - under_way, room)
    return request_refund(order_number, amount=too_much, reason=reason, actor=actor) if too_much > 0 else None


@transaction.atomic
def follow_amendment(order_number: str, *, actor: Any) -> None:
    """The order costs more or less: the courier collects what is open now, and only what is too much goes back.

    Refunds that the house proposed itself and nobody has approved are proposed anew with today's amount.
    """
    order = lock_order(order_number)
    _, under_way = refund_room(order)
    if under_way != max(-order.balance_due, Decimal(0)):
        own = Refund.objects.filter(order=order, status=RefundStatus.REQUESTED, requested_by__isnull=True)
        for refund in own.order_by("pk"):
            decline_refund(refund.number, reason="The order has changed again.", actor=actor)
    due = list(Payment.objects.filter(order=order, status=PaymentStatus.COD_DUE).order_by("pk"))
    for payment in due[:1]:
        raise_cod(payment.number, to=order.balance_due, actor=actor)
    if not due and order.status in (OrderStatus.CONFIRMED, OrderStatus.PROCESSING):
        expect_cod(order_number, actor=actor)
    follow_amount(order_number, actor=actor, reason="Order changed")


@transaction.atomic
def follow_parcels(order_number: str, *, actor: Any) -> None:
    """Once no parcel is left on the road: the courier holds the cash, or nothing was delivered and none is due."""
    order = lock_order(order_number)
    ended = order.qty_delivered + order.qty_rto + order.qty_written_off
    if ended < order.qty_ordered - order.qty_cancelled:
        return
    for payment in Payment.objects.filter(order=order, status=PaymentStatus.COD_DUE):
        if order.qty_delivered:
            collect_cod(payment.number, actor=actor)
        else:
            void_payment(payment.number, reason="Nothing was delivered.", actor=actor)


@transaction.atomic
def follow_loss(order_number: str, *, actor: Any) -> None:
    """The last parcel is lost and others were delivered: the courier holds their cash. With none delivered, Finance decides."""
    order = lock_order(order_number)
    if order.qty_delivered:
        follow_parcels(order_number, actor=actor)


@transaction.atomic
def follow_finding(order_number: str, *, keep: Decimal, actor: Any) -> None:
    """A lost parcel turned up after its money was given up: it is owed and collected again.

    `keep` of the order's write-off is for other parcels, which are lost still.
    """
    order = lock_order(order_number)
    if order.written_off_total > keep:
        take_write_off_back(order, keep=keep, actor=actor)
        expect_cod(order_number, actor=actor)
