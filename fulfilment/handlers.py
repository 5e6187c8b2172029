"""What this app does when another announces something."""

from fulfilment.actions.adjust import adjust_work, take_labels_off
from fulfilment.actions.answer_loss import close_losses
from fulfilment.actions.bring_in import bring_in
from fulfilment.actions.create import create_work
from fulfilment.actions.fit import fit_work
from fulfilment.actions.recall import recall_all, recall_units
from oms.events.models import Event
from oms.events.registry import within


@within("orders.imported")
def store_parcels(events: list[Event]) -> None:
    bring_in(events)


@within("orders.allocated", "orders.stock_shared")
def open_work(events: list[Event]) -> None:
    for event in events:
        create_work(event.subject)


@within("orders.cancelled", "orders.unconfirmed")
def take_everything_back(events: list[Event]) -> None:
    for event in events:
        recall_all(event.subject, reason=event.payload.get("reason", ""), actor="system")


@within("orders.remainder_cancelled", "orders.units_withdrawn")
def take_units_back(events: list[Event]) -> None:
    for event in events:
        hard = {int(line_id): qty for line_id, qty in event.payload.get("hard", {}).items()}
        recall_units(event.subject, hard, reason=event.payload.get("reason", ""), actor="system")


@within("orders.split", "orders.merged")
def share_the_work(events: list[Event]) -> None:
    for event in events:
        fit_work(event.subject, event.payload["to"], reason=event.payload["reason"], actor="system")


@within("orders.amended")
def follow_the_change(events: list[Event]) -> None:
    for event in events:
        if event.payload.get("sent_elsewhere"):
            fit_work(event.stream, event.stream, reason="It goes to another address.", actor="system")
        else:
            adjust_work(event.stream, actor="system")


@within("payments.written_off")
def close_what_nobody_paid(events: list[Event]) -> None:
    """Finance gave up the cash of all that is lost; the money of one parcel says which, and is its own answer."""
    for event in events:
        if not event.payload.get("shipment"):
            close_losses(event.stream, actor="system")


@within("orders.amended", "orders.edited")
def take_wrong_labels_off(events: list[Event]) -> None:
    for event in events:
        own, places = event.payload.get("readdressed"), event.payload.get("readdressed_places", ())
        if own or places:
            reason = "The delivery address has changed."
            take_labels_off(event.stream, own=bool(own), places=places, reason=reason, actor="system")
