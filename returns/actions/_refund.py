"""Ask payments for the money of a settled return."""

from decimal import Decimal
from typing import Any

from orders.models import Order
from payments.actions.refund import refund_room, request_refund
from returns.models import Return


def ask_refund(rma: Return, order: Order, *, actor: Any) -> None:
    """Request what the customer has paid too much now and is not getting back already, at most the return's refund.

    Nothing is requested for what was never paid: a COD or credit order simply owes less. Money that is disputed cannot
    be given back meanwhile; the order stays overpaid and Finance sees it.
    """
    room, under_way = refund_room(order)
    amount = min(rma.refund_total, -order.balance_due - under_way, room)
    if amount <= Decimal(0):
        return
    refund = request_refund(order.number, amount=amount, reason=f"{rma.number}: {rma.reason.label}", actor=actor)
    rma.refund_number = refund.number
    rma.save(update_fields=["refund_number"])
