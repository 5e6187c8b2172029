"""What the order desk does when another app announces something."""

from oms.events.models import Event
from oms.events.registry import after
from orders.actions.allocate import serve_waiting


@after("inventory.received")
def serve_waiting_orders(event: Event) -> None:
    """Stock arrived: the orders that waited longest get it first. Run twice, the second finds nothing left."""
    serve_waiting(event.subject, actor="Stock arrival")
