"""A parcel that comes back undelivered gets its file by itself, and its stock only by counting and inspecting."""

import pytest
from django.db import transaction

from inventory.actions.issue import issue_stock
from inventory.models import Location
from oms.events.publish import publish
from oms.kernel.clock import now
from orders.actions.confirm import confirm_order
from orders.actions.progress import report_quantities
from orders.actions.release import release_order
from orders.locks import lock_order
from returns.actions.inspect import Finding, inspect_return
from returns.actions.receive import receive_return
from returns.actions.resolve import Settlement, resolve_return
from returns.models import Return
from returns.selectors import answer
from tests.returns import story
from tests.returns.story import Stock, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def came_back(ana):
    order = story.captured([story.mugs(3)], actor=ana)
    confirm_order(order.number, actor=ana)
    release_order(order.number, actor=ana)
    with transaction.atomic():
        order = lock_order(order.number)
        pk = order.lines.get().pk
        report_quantities(order, {pk: {"dispatched": 3, "allocated": -3}}, dispatched_at=now())
        issue_stock(order.number, location_id=Location.objects.get().pk, quantities={pk: 3}, source="SH-1", actor=ana)
    with transaction.atomic():
        order = lock_order(order.number)
        report_quantities(order, {pk: {"rto": 3}})
        publish("fulfilment.rto_received", subject="SH-1", stream=order.number, actor=ana)
    return order


def test_the_file_is_open_and_waits_for_counting(came_back):
    rma = Return.objects.get()

    assert (rma.type, rma.source, rma.status, rma.qty) == ("rto", "SH-1", "awaiting_item", 3)
    assert rma.requested_by == "Ana"
    assert (answer(rma).next, answer(rma).owner) == ("Book in the parcel that came back", "Warehouse")
    assert stock_of("MUG") == Stock(on_hand=7, available=7)


def test_a_second_announcement_opens_nothing(came_back, ana):
    with transaction.atomic():
        lock_order(came_back.number)
        publish("fulfilment.rto_received", subject="SH-1", stream=came_back.number, actor=ana)
        publish("fulfilment.rto_received", subject="SH-2", stream=came_back.number, actor=ana)

    assert Return.objects.count() == 1


def test_counted_inspected_and_settled_it_is_on_sale_and_nobody_owes_anything(came_back, ana, bo):
    rma = Return.objects.get()
    entry = rma.lines.get()

    receive_return(rma.number, quantities={entry.pk: 3}, location="pune", actor=bo)
    assert stock_of("MUG") == Stock(on_hand=10, quarantined=3, available=7)
    inspect_return(rma.number, findings=[Finding(entry.pk, 3, "as_new", "restock")], actor=bo)
    resolve_return(rma.number, settlements={entry.pk: Settlement("refund", 3)}, actor=ana)

    came_back.refresh_from_db()
    assert stock_of("MUG") == Stock(on_hand=10, available=10)
    assert (came_back.amount_due, came_back.qty_returned, came_back.qty_rto) == (0, 0, 3)
