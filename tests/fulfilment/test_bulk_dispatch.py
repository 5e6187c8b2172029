"""BEYOND 6: many parcels leave at once, and all of them come back: stock and stages restored, no e-mail left."""

import pytest

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.label import label_parcel
from fulfilment.actions.pack import scan
from fulfilment.actions.parcel import hear
from fulfilment.actions.split import split_parcel
from fulfilment.models import Shipment
from notifications.actions.send import send_due_messages
from notifications.models import MailboxMessage, MessageTemplate, OutgoingMessage
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.hold import clear_hold, hold_order
from orders.actions.undo import undo_step
from orders.models import BulkRun, Order
from tests.conftest import person
from tests.fulfilment.steps import pack_all, packed, picked, released, sick, work_of
from tests.orders.desk import signed_in
from tests.orders.test_bulk import press
from tests.orders.test_undo import step_of, undo
from tests.stories import Stock, again, placed, stock_of

# Committed for real: a step is a transaction.
pytestmark = pytest.mark.django_db(transaction=True)


def at_the_door(actor, count: int) -> list:
    orders = [released(actor, ("MUG", 1), email="zoya@example.test") for _ in range(count)]
    for i, order in enumerate(orders):
        label_parcel(packed(order, actor).number, carrier="own", tracking_number=f"T-{i}", actor=actor)
    return orders


def test_many_parcels_leave_at_once_and_come_back_with_stock_stage_and_silence(shop, bo, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    MessageTemplate.objects.exclude(key="fulfilment.dispatched").update(is_active=False)
    orders, client = at_the_door(bo, 4), signed_in(bo)
    bare = released(bo, ("MUG", 1))
    packed(bare, bo)
    ticked = {"work": [work_of(o).number for o in (*orders, bare)]}
    before = [(again(o).stage, again(o).next_text) for o in orders], stock_of("MUG")
    queue = client.get("/warehouse/dispatch/").content.decode()
    assert f'name="work" value="{work_of(bare).number}"' in queue
    seen = client.post("/warehouse/dispatch/bulk/", ticked).content.decode()
    assert "4 of 5 parcels leave" in seen
    assert "No label yet" in seen
    assert not BulkRun.objects.exists()

    sheet = client.post("/warehouse/dispatch/bulk/", {**ticked, "sure": "1"}, follow=True)
    page, run = sheet.content.decode(), BulkRun.objects.get()
    assert "4 of 5 done" in page
    assert "Undo these 4" in page
    assert stock_of("MUG").on_hand == 6
    deliver_due()
    send_due_messages()
    asked = client.get(f"/orders/bulk/{run.pk}/undo/").content.decode()
    assert "Undo dispatch: 4 of 4 go back" in asked
    assert "4 messages in the outbox will not be sent" in asked
    hear(Shipment.objects.get(order=orders[3]).number, status="delayed", at=now(), actor="system")
    assert "3 of 4 go back" in client.get(f"/orders/bulk/{run.pk}/undo/").content.decode()
    result = client.post(f"/orders/bulk/{run.pk}/undo/", follow=True).content.decode()

    assert "3 of 4 done" in result
    assert "noted where the parcel is" in result
    assert ([(again(o).stage, again(o).next_text) for o in orders[:3]], stock_of("MUG").allocated) == (before[0][:3], 4)
    assert stock_of("MUG") == Stock(on_hand=9, allocated=4)
    told = OutgoingMessage.objects.filter(template_key="fulfilment.dispatched").order_by("order_id")
    assert list(told.values_list("status", flat=True)) == ["skipped"] * 3 + ["queued"]
    assert not MailboxMessage.objects.exists()
    assert signed_in(person("bea", "warehouse")).get(f"/orders/bulk/{run.pk}/undo/").status_code == 404
    assert sick() == {}


def test_confirming_many_is_taken_back_too(shop, ana):
    orders, client = [placed(("MUG", 1)) for _ in range(2)], signed_in(ana)
    press(client, orders, action="confirm", sure="1")
    run = BulkRun.objects.get()
    assert sorted(run.steps) == sorted(o.number for o in orders)
    assert "2 of 2 done" in client.post(f"/orders/bulk/{run.pk}/undo/", follow=True).content.decode()
    assert {again(o).status for o in orders} == {"new"}
    assert stock_of("MUG") == Stock(on_hand=10, reserved=2)


def test_nothing_ticked_is_said(shop, bo):
    answer = signed_in(bo).post("/warehouse/dispatch/bulk/", follow=True)
    assert "Tick 1 to 200 parcels first" in answer.content.decode()


def two_parcels(actor) -> tuple[Order, list[str]]:
    """An order of two labelled parcels at the door, and their work."""
    order = released(actor, ("MUG", 3), email="zoya@example.test")
    first = picked(order, actor)
    scan(first.number, code="MUG", actor=actor)
    second = split_parcel(first.number, actor=actor)
    pack_all(second, actor)
    for i, fo in enumerate((first, second)):
        label_parcel(fo.number, carrier="own", tracking_number=f"P-{i}", actor=actor)
    return order, [first.number, second.number]


def test_both_parcels_of_an_order_come_back_with_the_run_and_one_by_one_on_its_page(shop, bo):
    (order, works), client = two_parcels(bo), signed_in(bo)
    before = again(order).stage, stock_of("MUG")
    client.post("/warehouse/dispatch/bulk/", {"work": works, "sure": "1"})
    run = BulkRun.objects.get(action="dispatch")
    assert (again(order).stage, stock_of("MUG").on_hand) == ("dispatched", 7)
    assert "and its 1 other parcel of this run" in client.get(f"/orders/bulk/{run.pk}/undo/").text
    assert "2 of 2 done" in client.post(f"/orders/bulk/{run.pk}/undo/", follow=True).text
    assert (again(order).stage, stock_of("MUG")) == before
    assert sick() == {}

    for work in works:
        dispatch(work, actor=bo)
    earlier, later = Shipment.objects.filter(order=order, status="picked_up").order_by("dispatched_at", "pk")
    step = step_of(order)
    asked = client.get(f"/orders/{order.number}/undo/{step.seq}/").text
    assert f"Only {later.number} comes back. {earlier.number} left too and stays with the courier" in asked
    undo(order, bo)
    assert (again(order).stage, stock_of("MUG").on_hand) == ("partly_dispatched", 9)
    step = step_of(order)
    assert step.subject == earlier.number
    assert "left too" not in client.get(f"/orders/{order.number}/undo/{step.seq}/").text
    undo(order, bo)
    assert (again(order).stage, stock_of("MUG")) == before
    assert sick() == {}


def test_what_came_between_two_parcels_closes_the_undo_of_the_earlier(shop, bo, ana):
    order, works = two_parcels(bo)
    dispatch(works[0], actor=bo)
    hold_order(order.number, reason="address", actor=ana)
    hold = order.holds.get()
    clear_hold(order.number, hold_id=hold.pk, actor=ana)
    dispatch(works[1], actor=bo)
    undo(order, bo)
    first = Event.objects.filter(stream=order.number, name="fulfilment.dispatched").order_by("seq")[0]
    with pytest.raises(Refused, match="no longer be undone"):
        undo_step(order.number, seq=first.seq, actor=bo)
    assert sick() == {}
