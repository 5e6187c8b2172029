"""Which step of an order can still be taken back: the last one a person made, inside the window, nothing after it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings

from oms.events.models import Event
from oms.kernel.clock import now

# What a person did -> the move whose rights the undo needs; empty: the right to assign.
UNDOABLE: dict[str, str] = {
    "orders.confirmed": "confirm", "orders.cancelled": "cancel", "orders.held": "hold", "orders.hold_cleared": "clear_hold",
    "orders.assigned": "",
}  # fmt: skip
# What may follow without standing in the way.
QUIET = {
    "orders.noted",
    "orders.file_attached",
    "orders.file_removed",
    "orders.amendment_drafted",
    "orders.amendment_declined",
    "notifications.queued",
    "notifications.written",
    "notifications.contacted",
    "notifications.customer_wrote",
    "notifications.customer_answered",
}


def last_step(newest_first: Iterable[Event]) -> Event | None:
    """The step that may be undone now, of events read newest first; None when something else followed it."""
    after: set[int | None] = set()
    for event in newest_first:
        if event.name in UNDOABLE and event.actor_kind == "person":
            stands_alone = event.tx is not None and after <= {event.tx}
            return event if stands_alone and until(event) > now() else None
        if event.name not in QUIET:
            after.add(event.tx)
        if len(after) > 1:
            return None
    return None


def until(event: Event) -> datetime:
    """When the window of this step closes."""
    return event.at + timedelta(minutes=settings.UNDO_MINUTES)
