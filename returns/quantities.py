"""How many units of each line may still be sent back: delivered ones that no return speaks for yet."""

from collections.abc import Iterable

from oms.kernel.plural import plural
from orders.models import Order, OrderLine
from returns.models import Return, ReturnLine
from returns.states import DEAD, NOT_ALL_HERE, ReturnStatus

SETTLED = (ReturnStatus.RESOLVED, ReturnStatus.CLOSED)


def claimed(entry: ReturnLine, status: str) -> int:
    """Units of the order line that this return line speaks for; refused ones went back and may be asked for again."""
    if status in DEAD:
        return 0
    if status in SETTLED:
        return entry.qty_accepted
    if status in NOT_ALL_HERE:
        return entry.qty
    return entry.qty_received or entry.qty  # received: only what came; waived: nothing had to come


def returnable(order: Order, lines: Iterable[OrderLine]) -> dict[int, int]:
    """Units per line id that may still be asked back. Call it under the order's lock to rely on it.

    A parcel that came back undelivered never reached the customer, so RTO files take nothing from what they have.
    """
    spoken = dict.fromkeys((line.pk for line in lines), 0)
    entries = ReturnLine.objects.filter(rma__order=order).exclude(rma__type="rto").select_related("rma")
    for entry in entries:
        spoken[entry.line_id] = spoken.get(entry.line_id, 0) + claimed(entry, entry.rma.status)
    return {line.pk: max(0, line.qty_delivered - max(spoken[line.pk], line.qty_returned)) for line in lines}


def still_returnable(rma: Return) -> str:
    """Empty when every unit asked for in `rma` is still free to be asked for, else a sentence naming the line."""
    lines = [entry.line for entry in rma.lines.all()]
    free = returnable(rma.order, lines)
    for entry in rma.lines.all():
        if entry.qty > free[entry.line_id]:
            return f"{entry.line.sku}: only {free[entry.line_id]} of {plural(entry.qty, 'unit')} can still be returned."
    return ""
