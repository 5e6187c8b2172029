"""What this app does when another announces something."""

from fulfilment.actions.bring_in import bring_in
from fulfilment.actions.create import create_work
from fulfilment.actions.recall import recall_all, recall_units
from oms.events.models import Event
from oms.events.registry import within


@within("orders.imported")
def store_parcels(events: list[Event]) -> None:
    bring_in(events)


@within("orders.allocated", "orders.confirmed")
def open_work(events: list[Event]) -> None:
    for event in events:
        create_work(event.subject)


@within("orders.cancelled")
def take_everything_back(events: list[Event]) -> None:
    for event in events:
        recall_all(event.subject, reason=event.payload.get("reason", ""), actor="system")


@within("orders.remainder_cancelled")
def take_units_back(events: list[Event]) -> None:
    for event in events:
        hard = {int(line_id): qty for line_id, qty in event.payload.get("hard", {}).items()}
        recall_units(event.subject, hard, reason=event.payload.get("reason", ""), actor="system")
