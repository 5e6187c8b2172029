"""What happened, in the words people use."""

from oms.events.models import Event

SAID = {
    "orders.placed": "placed the order",
    "orders.confirmed": "confirmed the order",
    "orders.released": "released it to picking",
    "orders.held": "put it on hold",
    "orders.hold_cleared": "cleared a hold",
    "orders.cancelled": "cancelled the order",
    "orders.remainder_cancelled": "cancelled the remainder",
    "orders.completed": "completed the order",
    "orders.closed": "closed the books",
    "orders.reopened": "reopened the order",
    "orders.allocated": "allocated stock",
    "orders.noted": "wrote a note",
    "orders.assigned": "changed who it is assigned to",
}


def said(event: Event) -> str:
    """The fact as the rest of a sentence that starts with the actor's name."""
    if event.name in SAID:
        return SAID[event.name]
    about = event.name.replace(".", ": ").replace("_", " ")
    return about if event.subject == event.stream else f"{about}, {event.subject}"
