"""The money of one lost parcel: taken off what the order costs, refunded where it was paid, and owed again if it turns up."""

from decimal import Decimal
from typing import Any

from orders.models import Order
from payments.actions._lost import report_written_off
from payments.actions.follow import follow_amount
from payments.actions.refund import decline_refund
from payments.models import Refund
from payments.states import RefundStatus


def write_off_loss(order: Order, amount: Decimal, *, shipment: str, actor: Any) -> Refund | None:
    """Take `amount` for the lost `shipment` off what a locked order costs, and ask for the refund of what was paid too much.

    None when nothing is to go back: it was never paid, or a courier collects less instead.
    """
    report_written_off(order, amount, "payments.written_off", actor, shipment=shipment)
    return follow_amount(order.number, actor=actor, reason=f"{shipment} is lost")


def take_back_refund(number: str, *, reason: str, actor: Any) -> None:
    """Stop a refund that has not been sent; one that has been sent stays, and the customer owes the amount again."""
    refund = Refund.objects.get(number=number)
    if refund.status in (RefundStatus.REQUESTED, RefundStatus.APPROVED):
        decline_refund(number, reason=reason, actor=actor)
