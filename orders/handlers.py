"""What the order desk does when another app announces something."""

from oms.events.models import Event
from oms.events.registry import after, within
from orders.actions.allocate import serve_waiting
from orders.actions.check import check_placed


@after("inventory.received")
def serve_waiting_orders(event: Event) -> None:
    """Stock arrived: the orders that waited longest get it first. Run twice, the second finds nothing left."""
    serve_waiting(event.payload.get("sku", event.subject), actor="Stock arrival")


@within("orders.placed")
def check_new_orders(events: list[Event]) -> None:
    check_placed(events)
