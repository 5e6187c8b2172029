"""What every move of a return shares: require, transition, save, say, and report the open work to the order."""

from typing import Any

from oms.events.models import Event
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.lifecycle import require
from orders.actions.progress import report_work
from orders.models import Order
from returns.models import Return
from returns.states import ReturnStatus


def move_return(
    rma: Return, move: str, *, event: str, actor: Any, saved: tuple[str, ...] = (), **payload: Any
) -> Event:
    """Make `move` on a return whose order is locked, save it with `saved` columns, tell the order, publish `event`.

    Raises Refused with every reason when the move is closed.
    """
    require(rma, move)
    source = rma.status
    getattr(rma, move)()
    rma.status_since = now()
    rma.save(update_fields=["status", "status_since", *saved])
    report_open_returns(rma.order)
    return publish_move(
        event, subject=rma.number, actor=actor, stream=rma.order.number, machine="return",
        move=move, source=source, target=rma.status, **payload,
    )  # fmt: skip


def report_open_returns(order: Order) -> None:
    """Push down how many returns of a locked order are open, and how many of them wait for a decision."""
    statuses = list(Return.objects.filter(order=order).open().values_list("status", flat=True))
    report_work(order, open_returns=len(statuses), requested_returns=statuses.count(ReturnStatus.REQUESTED))
