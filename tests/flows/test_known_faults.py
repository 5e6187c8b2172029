"""Faults that order systems are known for, as stories through the real actions (docs/capabilities.md lists them by number)."""

import pytest

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.parcel import deliver
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.actions.split import split_parcel
from fulfilment.models import FulfilmentOrder, Shipment
from inventory.actions.adjust import receive_stock
from inventory.actions.transfer import transfer_stock
from inventory.models import Allocation
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from tests.fulfilment.steps import on_road, pack_all, picked, released, sick, work_of
from tests.stories import Stock, again, placed, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def healthy(shop):
    yield
    assert sick() == {}


def held(order) -> list[tuple[str, int]]:
    rows = Allocation.objects.filter(order_number=order.number, kind="hard").order_by("location__rank")
    return list(rows.values_list("location__code", "qty"))


def test_an_order_ships_its_own_allocated_stock_when_nothing_is_available(bo):
    order = released(bo, ("KETTLE", 10))
    assert stock_of("KETTLE") == Stock(on_hand=10, allocated=10)
    on_road(order, bo)
    assert (stock_of("KETTLE"), again(order).stage) == (Stock(), "dispatched")


def test_cancelling_restores_what_was_allocated_exactly(ana):
    before = stock_of("MUG"), stock_of("MUG", "delhi")
    other = placed(("MUG", 3))
    order = placed(("MUG", 12))
    confirm_order(other.number, actor=ana)
    confirm_order(order.number, actor=ana)
    cancel_order(order.number, reason="other", actor=ana)
    assert (held(order), sum(qty for _, qty in held(other))) == ([], 3)
    cancel_order(other.number, reason="other", actor=ana)
    assert (stock_of("MUG"), stock_of("MUG", "delhi")) == before


def test_one_line_of_two_places_is_two_fulfilment_orders(ana):
    order = placed(("MUG", 14))
    confirm_order(order.number, actor=ana)
    assert held(order) == [("pune", 10), ("delhi", 4)]
    work = FulfilmentOrder.objects.filter(order=order).order_by("location__rank")
    assert list(work.values_list("location__code", "lines__qty")) == [("pune", 10), ("delhi", 4)]
    assert again(order).qty_backordered == 0


def test_two_of_three_units_are_partly_dispatched_the_last_parcel_completes_and_cancelling_names_both_ways_out(bo):
    order = released(bo, ("MUG", 3))
    fo = picked(order, bo)
    for _ in range(2):
        scan(fo.number, code="MUG", actor=bo)
    rest = split_parcel(fo.number, actor=bo)
    first = dispatch(fo.number, carrier="own", tracking_number="T-1", actor=bo)
    assert (again(order).stage, again(order).qty_dispatched) == ("partly_dispatched", 2)
    with pytest.raises(Refused, match="cancel the remainder or start a return"):
        cancel_order(order.number, reason="other", actor=bo)
    deliver(first.number, actor=bo)
    scan(rest.number, code="MUG", actor=bo)
    finish_pack(rest.number, actor=bo)
    last = dispatch(rest.number, carrier="own", tracking_number="T-2", actor=bo)
    assert again(order).status == "processing"
    deliver(last.number, actor=bo)
    assert (again(order).status, again(order).stage) == ("completed", "delivered")


def test_what_comes_later_is_released_after_a_half_delivered_order(bo):
    order = released(bo, ("KETTLE", 12))
    assert (again(order).qty_allocated, again(order).qty_backordered) == (10, 2)
    deliver(on_road(order, bo).number, actor=bo)
    assert again(order).stage == "partly_delivered"
    receive_stock("KETTLE", location="pune", qty=5, source="late", actor=bo)
    deliver_due()
    rest = FulfilmentOrder.objects.get(order=order, status="open")
    assert rest.lines.get().qty == 2
    rest = pack_all(picked_rest(rest, bo), bo)
    deliver(dispatch(rest.number, carrier="own", tracking_number="T-2", actor=bo).number, actor=bo)
    assert (again(order).status, Shipment.objects.filter(status="delivered").count()) == ("completed", 2)


def picked_rest(fo: FulfilmentOrder, actor) -> FulfilmentOrder:
    start_pick(fo.number, actor=actor)
    for row in fo.lines.select_related("product"):
        pick_line(fo.number, code=row.product.sku, qty=row.qty, actor=actor)
    return finish_pick(fo.number, actor=actor)


def test_moving_stock_between_places_does_not_swap_reservations(ana, bo):
    mine, other = placed(("MUG", 4)), placed(("MUG", 5))
    for order in (mine, other):
        confirm_order(order.number, actor=ana)
    before = held(mine), held(other)
    with pytest.raises(Refused):
        transfer_stock("MUG", source_place="pune", target_place="delhi", qty=2, source="more", reason="", actor=bo)
    transfer_stock("MUG", source_place="pune", target_place="delhi", qty=1, source="free", reason="", actor=bo)
    assert (held(mine), held(other)) == before
    assert work_of(mine).location.code == "pune"
