"""What this app does when another announces something: write to the customer, or to the supplier who sends it."""

from notifications.actions.queue import queue_message, stop_messages
from notifications.context import TO_SUPPLIER
from oms.events.models import Event
from oms.events.registry import after, within


@after("orders.confirmed", "fulfilment.dispatched", "fulfilment.delivered", *TO_SUPPLIER)
def tell_customer(event: Event) -> None:
    """Queue the message for this event, to the customer or to the supplier; the second run finds the first one's."""
    queue_message(event)


@after("orders.amended", "orders.promise_renewed")
def tell_of_the_change(event: Event) -> None:
    """Whoever changed the order wrote what the customer reads; nothing written, nobody told."""
    if event.payload.get("message"):
        queue_message(event)


@within("orders.undone")
def keep_quiet(events: list[Event]) -> None:
    for event in events:
        stop_messages(event)
