"""Steps of the floor taken back inside the window: what comes back, what does not, and when it is too late."""

import pytest
from django.urls import reverse

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.label import label_parcel, manifest
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.parcel import hear
from fulfilment.actions.pick import finish_pick
from fulfilment.actions.split import split_parcel
from fulfilment.models import FulfilmentOrder, Shipment
from inventory.models import Allocation, StockMovement
from notifications.actions.send import send_due_messages
from notifications.models import MessageTemplate, OutgoingMessage
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.undo import undo_step
from orders.actions.undo_preview import preview_undo
from orders.models import Order, OrderLine
from tests.fulfilment.steps import on_road, packed, picked, picking, released, sick
from tests.orders.desk import signed_in
from tests.orders.test_undo import picture, step_of, undo
from tests.stories import Stock, again, said, stock_of

# Committed for real: a step is a transaction.
pytestmark = pytest.mark.django_db(transaction=True)
UNITS = ("qty_allocated", "qty_picked", "qty_packed", "qty_dispatched")


@pytest.fixture(autouse=True)
def healthy(shop):
    yield
    assert sick() == {}


def all_of(order: Order) -> tuple:
    """Everything a dispatch touches."""
    row = again(order)
    return (
        picture(order), [getattr(row, name) for name in UNITS], row.dispatched_at, row.cod_outstanding,
        list(OrderLine.objects.filter(order=order).values(*UNITS)), stock_of("MUG"),
        list(Allocation.objects.filter(order_number=order.number).values_list("line_id", "location_id", "kind", "qty")),
        list(FulfilmentOrder.objects.filter(order=order).values_list("number", "status", "dispatched_at")),
    )  # fmt: skip


def test_a_dispatch_is_undone_with_shelf_promises_cash_and_message_and_done_again(bo):
    order = released(bo, ("MUG", 2), payment_terms="cod", paid="", email="zoya@example.test")
    fo = packed(order, bo)
    deliver_due()
    send_due_messages()  # that the order is confirmed
    before = all_of(order)
    assert again(order).cod_outstanding == 200
    first = dispatch(fo.number, carrier="own", tracking_number="T-1", actor=bo)
    deliver_due()
    assert send_due_messages() == 0  # held for as long as the dispatch can be undone
    seen = preview_undo(order.number, seq=step_of(order).seq, actor=bo)
    assert {"Stage", "Mug: dispatched", "Mug: packed"} <= {d.what for d in seen.reversed_}
    assert "will not be sent" in seen.stays[0]
    assert "number is not used again" in seen.stays[1]
    assert (stock_of("MUG"), again(order).stage) == (Stock(on_hand=8), "dispatched")
    undo(order, bo)

    assert all_of(order) == before
    assert OutgoingMessage.objects.get(template_key="fulfilment.dispatched").status == "skipped"
    assert said(order)[-1] == "orders.undone"
    moved = StockMovement.objects.filter(source=first.number).order_by("pk")
    assert list(moved.values_list("kind", "on_hand")) == [("issue", -2), ("unissue", 2)]

    second = dispatch(fo.number, carrier="own", tracking_number="T-1", actor=bo)
    assert second.number != first.number
    assert list(Shipment.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "picked_up"]
    assert (stock_of("MUG"), again(order).stage) == (Stock(on_hand=8), "dispatched")


def test_a_label_comes_back_under_a_number_of_its_own_and_other_parcels_stay_on_the_road(bo):
    order = released(bo, ("MUG", 3))
    fo = picked(order, bo)
    scan(fo.number, code="MUG", actor=bo)
    rest = split_parcel(fo.number, actor=bo)
    gone = dispatch(fo.number, carrier="own", tracking_number="T-1", actor=bo)
    for _ in range(2):
        scan(rest.number, code="MUG", actor=bo)
    finish_pack(rest.number, actor=bo)
    label = label_parcel(rest.number, carrier="own", tracking_number="T-2", actor=bo)
    manifest(label.number, actor=bo)
    left_at = again(order).dispatched_at
    dispatch(rest.number, actor=bo)
    undo(order, bo)
    new = Shipment.objects.get(status="manifested")
    assert (new.tracking_number, new.number != label.number) == ("T-2", True)
    assert (again(order).stage, again(order).dispatched_at) == ("partly_dispatched", left_at)
    assert Shipment.objects.get(number=gone.number).status == "picked_up"
    dispatch(rest.number, actor=bo)
    assert (again(order).stage, stock_of("MUG")) == ("dispatched", Stock(on_hand=7))


def test_it_is_too_late_once_the_customer_was_told_the_carrier_reported_or_something_followed(bo):
    MessageTemplate.objects.update(hold_minutes=0)
    told = released(bo, ("MUG", 1), email="zoya@example.test")
    on_road(told, bo)
    deliver_due()
    assert send_due_messages() >= 1
    with pytest.raises(Refused, match="The customer was told already"):
        undo(told, bo)
    heard = on_road(other := released(bo, ("MUG", 1)), bo, "T-2")
    hear(heard.number, status="delayed", at=now(), actor="system")
    with pytest.raises(Refused, match="since then"):
        undo_step(other.number, seq=said(other).index("fulfilment.dispatched") + 1, actor=bo)
    assert (stock_of("MUG"), Shipment.objects.filter(status="cancelled").count()) == (Stock(on_hand=8), 0)


def test_the_steps_of_pick_and_pack_go_back_one_by_one(bo):
    order = released(bo, ("MUG", 2))
    at_first = all_of(order)
    picking(order, bo)
    undo(order, bo)
    assert all_of(order) == at_first
    fo = picked(order, bo)
    undo(order, bo)
    assert (again(order).stage, again(order).qty_picked) == ("packing", 2)
    fo.refresh_from_db()
    assert fo.status == "picking"
    finish_pick(fo.number, actor=bo)
    scan(fo.number, code="MUG", actor=bo)
    with pytest.raises(Refused, match="1 unit is in the parcel already"):
        undo(order, bo)
    scan(fo.number, code="MUG", actor=bo)
    queue = signed_in(bo).post(reverse("fulfilment:steps", args=[fo.number]), {"step": "finish-pack"}, follow=True)
    assert f'<a href="/orders/{order.number}/undo/{len(said(order))}/">Undo…</a>' in queue.content.decode()
    undo(order, bo)
    fo.refresh_from_db()
    assert (fo.status, again(order).qty_packed) == ("picked", 2)


def test_the_page_is_the_floors_and_says_what_comes_back(bo, cy):
    order = released(bo, ("MUG", 2))
    on_road(order, bo)
    url = f"/orders/{order.number}/undo/{step_of(order).seq}/"
    page = signed_in(bo).get(url).content.decode()
    assert "Mug: dispatched" in page
    assert "number is not used again" in page
    assert "Only Warehouse" in signed_in(cy).get(url).content.decode()
    assert "is as it was before" in signed_in(bo).post(url, follow=True).content.decode()
    assert again(order).stage == "packed"
