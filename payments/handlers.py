"""What this app does when another announces something."""

from oms.events.models import Event
from oms.events.registry import within
from payments.actions.bring_in import bring_in
from payments.actions.cod import expect_cod
from payments.actions.follow import follow_cancellation, follow_parcels


@within("orders.placed", "orders.imported")
def store_payments(events: list[Event]) -> None:
    bring_in(events)


@within("orders.confirmed")
def expect_cash(events: list[Event]) -> None:
    for event in events:
        expect_cod(event.stream, actor="system")


@within("orders.cancelled")
def give_back(events: list[Event]) -> None:
    for event in events:
        follow_cancellation(event.stream, actor="system")


@within("fulfilment.delivered", "fulfilment.rto_received")
def settle_cash(events: list[Event]) -> None:
    for event in events:
        follow_parcels(event.stream, actor="system")
