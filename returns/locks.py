"""How a return is taken for writing: its order's row is the lock."""

from oms.kernel.errors import Refused
from oms.kernel.load import load, load_parts
from orders.locks import lock_order_of
from orders.models import Order
from returns.models import Return


def lock_return(number: str) -> tuple[Order, Return]:
    """Lock the order of return `number` and load the return with its lines fresh. Raises Refused when there is none."""
    order = lock_order_of(Return, number)
    if order is None:
        raise Refused("return_not_found", f"There is no return {number}.")
    (rma,) = load(Return, "m.number = %s", [number], joined=("reason", "location"))
    load_parts(load_parts([rma], "lines", joined=("line",)), "inspections")
    rma.order = order
    return order, rma
