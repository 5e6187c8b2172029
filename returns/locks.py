"""How a return is taken for writing: its order's row is the lock."""

from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.models import Order
from returns.models import Return


def lock_return(number: str) -> tuple[Order, Return]:
    """Lock the order of return `number` and load the return with its lines fresh. Raises Refused when there is none."""
    order_number = Return.objects.filter(number=number).values_list("order__number", flat=True).first()
    if order_number is None:
        raise Refused("return_not_found", f"There is no return {number}.")
    order = lock_order(order_number)
    rma = (
        Return.objects.select_related("reason", "location")
        .prefetch_related("lines__line", "lines__inspections")
        .get(number=number)
    )
    rma.order = order
    return order, rma
