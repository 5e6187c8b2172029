"""What this app does when another announces something."""

from oms.events.models import Event
from oms.events.registry import within
from oms.kernel.actors import Actor
from returns.actions.rto import open_rto


@within("fulfilment.rto_received")
def file_what_came_back(events: list[Event]) -> None:
    """Open the file of each parcel that came back to origin; subject: the shipment, stream: the order."""
    for event in events:
        open_rto(
            event.stream, shipment=event.subject, actor=Actor(event.actor_kind, event.actor_name, event.actor_user_id)
        )
