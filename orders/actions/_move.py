"""What every move of an order shares: require, transition, save, say."""

from typing import Any

from oms.events.models import Event
from oms.events.publish import publish_move
from oms.kernel.lifecycle import require
from orders.actions.progress import refresh
from orders.models import Order


def move_order(
    order: Order, move: str, *, event: str, actor: Any, reason: str = "", saved: tuple[str, ...] = (), **payload: Any
) -> Event:
    """Make `move` on a locked order, save it with `saved` columns, refresh its answer and publish `event`.

    Raises Refused with every reason when the move is closed. `reason` goes to the history and the event.
    """
    require(order, move)
    source = order.status
    getattr(order, move)()
    if reason:
        order._change_reason = reason[:100]  # type: ignore[attr-defined]  # read by simple-history
        payload["reason"] = reason
    order.save(update_fields=["status", *saved])
    refresh(order)
    return publish_move(
        event,
        subject=order.number,
        actor=actor,
        machine="order",
        move=move,
        source=source,
        target=order.status,
        **payload,
    )


def on_its_own(why: str, *more: str) -> dict[str, Any]:
    """What the event of a step says that a rule made: it can be undone as a person's can, and names what spoke for it."""
    return {"by_itself": True, "detail": ". ".join(said for said in (*more, why[:1].upper() + why[1:]) if said)}
