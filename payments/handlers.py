"""What this app does when another announces something."""

from decimal import Decimal

from oms.events.models import Event
from oms.events.registry import after, within
from payments.actions.bring_in import bring_in
from payments.actions.cod import expect_cod
from payments.actions.follow import (
    follow_amendment,
    follow_amount,
    follow_cancellation,
    follow_finding,
    follow_loss,
    follow_parcels,
    follow_remainder,
)
from payments.actions.hand_over import move_money, share_money
from payments.actions.withdraw import withdraw_payments


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


@within("orders.withdrawn")
def take_back(events: list[Event]) -> None:
    for event in events:
        withdraw_payments(event.stream, actor="system")


@after("orders.remainder_cancelled")
def give_back_a_part(event: Event) -> None:
    """Later, because the order's new sum is known only when the cancellation is done."""
    follow_remainder(event.stream, actor="system")


@within("orders.amount_lowered")
def collect_less(events: list[Event]) -> None:
    for event in events:
        follow_amount(event.stream, actor="system")


@within("orders.amended", "orders.restored")
def follow_the_change(events: list[Event]) -> None:
    for event in events:
        follow_amendment(event.stream, actor="system")


@within("orders.split")
def share(events: list[Event]) -> None:
    for event in events:
        share_money(event.subject, event.payload["to"], actor="system")


@within("orders.merged")
def bring_everything(events: list[Event]) -> None:
    for event in events:
        move_money(event.subject, event.payload["to"], actor="system")


@within("fulfilment.delivered", "fulfilment.rto_received")
def settle_cash(events: list[Event]) -> None:
    for event in events:
        follow_parcels(event.stream, actor="system")


@after("fulfilment.lost", "fulfilment.damaged")
def settle_rest_of_cash(event: Event) -> None:
    """Later, because the event tells of the parcel before its units are counted as lost."""
    follow_loss(event.stream, actor="system")


@within("fulfilment.found")
def collect_again(events: list[Event]) -> None:
    for event in events:
        follow_finding(event.stream, keep=Decimal(event.payload.get("kept", 0)), actor="system")
