"""An order sent as two, and two orders of one buyer put together."""

from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta

from django.db import transaction

from demo.clockwork import carry_on, send_messages
from oms.access.models import User
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from orders.actions.capture import capture_orders
from orders.actions.merge import merge_orders
from orders.actions.split import split_order
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft
from orders.checking.rulebook import forget
from orders.models import CheckRule, Order, OrderLine


def part_and_merge(staff: dict[str, User]) -> None:
    """What waits for stock is split off one order; a buyer who ordered again within the hour gets one parcel."""
    with time_is(now() - timedelta(minutes=50)):
        for order in (
            _calm("confirmed").filter(line_count__gte=2, qty_allocated__gt=0).order_by("-qty_backordered", "pk")
        ):
            with suppress(Refused):  # a guard says no: the next one
                line = order.lines.order_by("-qty_backordered", "-position")[0]
                split_order(
                    order.number, quantities={line.pk: line.qty_open}, reason="Send what is there", actor=staff["sales"]
                )
                break
    for order in _calm("new").exclude(customer=None).order_by("pk"):
        with suppress(Refused), transaction.atomic():  # refused, the second order was never placed
            _merge(order, staff)
            break


def order_twice() -> None:
    """The house looks for twins; a buyer sends the same order again half an hour later, and Sales is asked which is meant."""
    CheckRule.objects.filter(key="twin").update(is_on=True)
    forget()
    order = _calm("new").exclude(customer=None).filter(line_count=1, merged_into=None).order_by("-placed_at", "-pk")[0]
    line = order.lines.get()
    with time_is(min(now(), order.placed_at + timedelta(minutes=30))):
        again = replace(_again(order, line), lines=(LineDraft(line.sku, line.name, line.qty_ordered, line.unit_price),))
        capture_orders([again], channel=order.channel, actor="system")
        carry_on()
        send_messages()


def _calm(status: str):
    """Live orders nobody has begun to work on and whose money is settled one way or the other."""
    return Order.objects.filter(
        status=status, is_historical=False, qty_picked=0, qty_dispatched=0, verifying_total=0, authorized_total=0,
        disputed_total=0, amendments=None, split_from=None, open_holds=0, payment_terms="prepaid",
    )  # fmt: skip


def _merge(order: Order, staff: dict[str, User]) -> None:
    line = order.lines.order_by("position")[0]
    with time_is(now() - timedelta(minutes=35)):
        again = capture_orders([_again(order, line)], channel=order.channel, actor="system")[0].number
    with time_is(now() - timedelta(minutes=20)):
        merge_orders(
            order.number, other=again, reason="One parcel, she asked by phone", actor=staff["support"],
            address_of=order.number,
        )  # fmt: skip


def _again(order: Order, line: OrderLine) -> OrderDraft:
    """One more of the first line, by the same buyer to the same door."""
    known = {f.name for f in fields(AddressDraft)}
    return OrderDraft(
        external_id=f"{order.external_id[:100]}-2", placed_at=now(), currency=order.currency, email=order.email,
        phone=order.phone, customer_name=order.customer_name, tax_included=order.tax_included,
        ship_to=AddressDraft(**{k: v for k, v in order.ship_to.items() if k in known}),
        lines=(LineDraft(line.sku, line.name, 1, line.unit_price),),
    )  # fmt: skip
