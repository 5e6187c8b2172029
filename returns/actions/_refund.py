"""Ask payments for the money of a settled return."""

from typing import Any

from orders.models import Order
from returns.models import Return


def ask_refund(rma: Return, order: Order, *, actor: Any) -> None:
    """Request what the customer has paid too much now, at most the return's refund.

    Nothing is requested for what was never paid: a COD or credit order simply owes less.
    """
    amount = min(rma.refund_total, max(-order.balance_due, 0))
    if amount <= 0:
        return
    from payments.actions.refund import request_refund

    refund = request_refund(order.number, amount=amount, reason=f"{rma.number}: {rma.reason.label}", actor=actor)
    rma.refund_number = refund.number
    rma.save(update_fields=["refund_number"])
