"""What the money does when the order or its parcels move."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from orders.locks import lock_order
from payments.actions.cod import collect_cod
from payments.actions.refund import request_refund
from payments.actions.void import void_payment
from payments.models import Payment
from payments.states import REFUNDABLE, VOIDABLE, PaymentStatus


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
