"""Pick, pack, short, reject and split on the warehouse floor."""

import pytest

from fulfilment.actions import pack, pick
from fulfilment.actions.count import answer_count
from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.reject import reject_work
from fulfilment.actions.short import short_pick
from fulfilment.actions.split import split_parcel
from fulfilment.models import CountRequest, FulfilmentOrder
from inventory.actions.adjust import receive_stock
from inventory.actions.ration import ration
from inventory.models import Backorder, Location, Product
from oms.kernel.errors import Refused
from orders.actions.allocate import serve_waiting
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.hold import hold_order
from orders.actions.hold_at import hold_at
from orders.sharing.desk import rows, to_decide
from orders.sharing.picture import picture_of
from tests.fulfilment.steps import pack_all, packed, picked, picking, released, sick, work_of
from tests.stories import Stock, again, placed, said, stock_of


def test_every_scan_is_answered_logged_and_the_last_one_can_be_undone(shop, bo):
    Product.objects.filter(sku="MUG").update(barcode="8901")
    fo = picked(released(bo, ("MUG", 2)), bo)
    assert [pack.scan(fo.number, code=c, actor=bo) for c in ("8901", "lamp", "mug", "MUG")] == [
        "ok", "wrong", "complete", "too_many",
    ]  # fmt: skip
    assert again(fo.order).qty_packed == 2
    undone = pack.undo_last(fo.number, actor=bo)
    assert (undone.code, undone.verdict, again(fo.order).qty_packed) == ("mug", "complete", 1)
    pack.undo_last(fo.number, actor=bo)
    with pytest.raises(Refused, match="Nothing is counted"):
        pack.undo_last(fo.number, actor=bo)
    assert fo.scans.count() == 4
    with pytest.raises(Refused, match="not packed yet"):
        pack.finish_pack(fo.number, actor=bo)


def test_box_and_weight_are_kept_and_nonsense_is_refused(shop, bo):
    fo = picked(released(bo), bo)
    pack.describe_parcel(fo.number, box="medium", weight_grams=6420, actor=bo)
    fo.refresh_from_db()
    assert (fo.box, fo.weight_grams) == ("medium", 6420)
    for box, grams in (("crate", None), ("", 0), ("", -3), ("", 10**8)):
        with pytest.raises(Refused):
            pack.describe_parcel(fo.number, box=box, weight_grams=grams, actor=bo)


def test_a_short_pick_finds_the_rest_elsewhere_and_asks_for_a_count(shop, bo):
    order = released(bo, ("MUG", 8))
    fo = picking(order, bo)
    pick.pick_line(fo.number, code="MUG", qty=5, actor=bo)
    with pytest.raises(Refused, match="reason"):
        short_pick(fo.number, code="MUG", qty=3, reason="", actor=bo)
    with pytest.raises(Refused, match="at most 3"):
        short_pick(fo.number, code="MUG", qty=4, reason="not_found", actor=bo)
    got = short_pick(fo.number, code="MUG", qty=3, reason="not_found", actor=bo)
    assert (sum(got.held.values()), sum(got.short.values())) == (3, 0)
    other = FulfilmentOrder.objects.exclude(pk=fo.pk).get()
    assert (other.location.code, other.lines.get().qty, other.status) == ("delhi", 3, "open")
    assert stock_of("MUG") == Stock(on_hand=10, allocated=5, quarantined=5)
    assert stock_of("MUG", "delhi") == Stock(on_hand=5, allocated=3)
    count = CountRequest.objects.get()
    assert (count.location.code, count.missing, count.doubted, count.reason) == ("pune", 3, 5, "not_found")
    assert "fulfilment.short_picked" in said(order)
    pick.finish_pick(fo.number, actor=bo)
    assert sick() == {}


def test_what_nobody_has_waits_for_stock_and_the_order_says_so(shop, bo):
    order = released(bo, ("KETTLE", 4))
    fo = picking(order, bo)
    pick.pick_line(fo.number, code="KETTLE", qty=1, actor=bo)
    short_pick(fo.number, code="KETTLE", qty=3, reason="not_found", actor=bo)
    order = again(order)
    assert (order.qty_backordered, order.qty_allocated, order.qty_picked) == (3, 1, 1)
    receive_stock("KETTLE", location="delhi", qty=3, source="later", actor=bo)
    serve_waiting("KETTLE", actor="system")
    assert FulfilmentOrder.objects.get(location__code="delhi").lines.get().qty == 3
    assert again(order).qty_backordered == 0
    assert sick() == {}


@pytest.mark.parametrize(
    "says_no",
    [
        lambda number, bo: short_pick(number, code="KETTLE", qty=4, reason="not_found", actor=bo),
        lambda number, bo: reject_work(number, reason="Too few hands", actor=bo),
    ],
    ids=["short", "rejected"],
)
def test_what_is_missing_joins_what_of_the_line_waits_already(shop, bo, says_no):
    order = released(bo, ("KETTLE", 14))
    waited = Backorder.objects.get()
    assert (waited.qty, again(order).qty_allocated) == (4, 10)
    says_no(picking(order, bo).number, bo)
    left = Backorder.objects.get()
    assert left.qty == again(order).qty_backordered > 4
    assert left.created_at == waited.created_at, "it keeps its place in the queue"
    receive_stock("KETTLE", location="delhi", qty=14, source="later", actor=bo)
    serve_waiting("KETTLE", actor="system")
    assert again(order).qty_backordered == 0
    assert sick() == {}


def test_nothing_found_ends_the_work_and_the_picking_flag(shop, bo):
    order = released(bo, ("KETTLE", 2))
    fo = picking(order, bo)
    assert again(order).is_picking
    short_pick(fo.number, code="KETTLE", qty=2, reason="not_found", actor=bo)
    fo.refresh_from_db()
    assert (fo.status, again(order).is_picking, again(order).qty_backordered) == ("cancelled", False, 2)
    assert sick() == {}


def test_a_unit_lost_between_shelf_and_table_can_be_reported_at_the_table(shop, bo):
    order = released(bo, ("MUG", 3))
    fo = picked(order, bo)
    pack.scan(fo.number, code="MUG", actor=bo)
    short_pick(fo.number, code="MUG", qty=1, reason="damaged", actor=bo)
    pack_all(fo, bo)
    order = again(order)
    assert (order.qty_packed, order.qty_picked, order.qty_allocated) == (2, 2, 3)
    assert sick() == {}


@pytest.mark.parametrize(("found", "left"), [(5, Stock(on_hand=10, allocated=5)), (1, Stock(on_hand=6, allocated=5))])
def test_the_count_puts_back_what_turned_up_and_takes_the_rest_off_the_books(shop, bo, found, left):
    fo = picking(released(bo, ("MUG", 8)), bo)
    short_pick(fo.number, code="MUG", qty=3, reason="not_found", actor=bo)
    count = CountRequest.objects.get()
    with pytest.raises(Refused, match="5 are in doubt"):
        answer_count(count.pk, found=6, actor=bo)
    answer_count(count.pk, found=found, actor=bo)
    assert stock_of("MUG") == left
    with pytest.raises(Refused, match="already"):
        answer_count(count.pk, found=found, actor=bo)
    assert sick() == {}


def test_a_rejecting_location_is_never_asked_again(shop, bo):
    order = released(bo, ("KETTLE", 2))
    fo = picking(order, bo)
    pick.pick_line(fo.number, code="KETTLE", qty=1, actor=bo)
    with pytest.raises(Refused, match="Say why"):
        reject_work(fo.number, reason=" ", actor=bo)
    got = reject_work(fo.number, reason="Roof leaks", actor=bo)
    assert sum(got.short.values()) == 2  # Pune has 8 more, and is not asked
    order = again(order)
    assert (order.qty_backordered, order.qty_picked, order.is_picking) == (2, 0, False)
    since, told = Backorder.objects.get().created_at, said(order)
    receive_stock("KETTLE", location="pune", qty=5, source="new", actor=bo)
    assert serve_waiting("KETTLE", actor="system") == []
    assert FulfilmentOrder.objects.exclude(status="rejected").count() == 0
    assert (Backorder.objects.get().qty, Backorder.objects.get().created_at) == (2, since), "at its place in the queue"
    assert said(order) == told, "nothing was promised there for a moment"
    pune = Location.objects.get(code="pune").pk
    assert pune not in picture_of(Product.objects.get(sku="KETTLE")).asks[0].places, "nor by the fair-share desk"
    ration("KETTLE", on=True, actor=bo)
    assert (rows()[0][0].free, to_decide()) == (0, 0), "the desk's list says the same"
    beside = placed(("KETTLE", 99))
    assert (rows()[0][0].free, rows()[0][0].orders, to_decide()) == (15, 2, 1), "unless somebody else may have them"
    cancel_order(beside.number, reason="duplicate", actor=bo)
    ration("KETTLE", on=False, actor=bo)
    with pytest.raises(Refused, match="Pune sent work of .* back"):
        hold_at(order.number, place="pune", actor=bo)
    receive_stock("KETTLE", location="delhi", qty=5, source="new", actor=bo)
    serve_waiting("KETTLE", actor="system")
    assert work_of(order).location.code == "delhi"
    assert sick() == {}


def test_rejected_work_goes_to_the_other_location(shop, bo):
    order = released(bo, ("MUG", 2))
    reject_work(work_of(order).number, reason="Closed today", actor=bo)
    assert work_of(order).location.code == "delhi"
    assert stock_of("MUG") == Stock(on_hand=10)
    assert sick() == {}


def test_putting_a_pick_back_leaves_it_for_the_next_picker(shop, bo):
    order = released(bo)
    fo = picking(order, bo)
    pick.pick_line(fo.number, code="MUG", qty=1, actor=bo)
    fo = pick.put_back(fo.number, actor=bo)
    assert (fo.status, fo.assignee, again(order).qty_picked, again(order).is_picking) == ("open", "", 0, False)
    assert sick() == {}


def test_cancelling_during_the_pick_resets_the_picking_flag(shop, ana):
    order = released(ana)
    picking(order, ana)
    cancel_order(order.number, reason="other", actor=ana)
    assert (again(order).is_picking, again(order).fulfilment_status) == (False, "cancelled")
    assert sick() == {}


def test_cancelling_the_line_that_is_picked_resets_the_picking_flag(shop, ana, olga):
    order = released(ana, ("MUG", 1), ("LAMP", 1))
    picking(order, ana)
    mug = order.lines.get(sku="MUG")
    cancel_remainder(order.number, quantities={mug.pk: 1}, reason="other", actor=olga)
    assert (again(order).is_picking, FulfilmentOrder.objects.get().status) == (False, "cancelled")
    assert sick() == {}


def test_a_hold_stops_a_pick_from_starting_and_a_parcel_from_leaving(shop, ana):
    waiting, ready = released(ana), packed(released(ana), ana)
    for order in (waiting, ready.order):
        hold_order(order.number, reason="address", actor=ana)
    with pytest.raises(Refused, match="On hold"):
        pick.start_pick(work_of(waiting).number, actor=ana)
    with pytest.raises(Refused, match="On hold"):
        dispatch(ready.number, carrier="own", tracking_number="T", actor=ana)
    assert stock_of("MUG").on_hand == 10


def test_one_order_leaves_in_two_parcels(shop, bo):
    order = released(bo, ("MUG", 3), ("KETTLE", 1))
    fo = picked(order, bo)
    with pytest.raises(Refused, match="empty"):
        split_parcel(fo.number, actor=bo)
    pack.scan(fo.number, code="MUG", actor=bo)
    pack.scan(fo.number, code="MUG", actor=bo)
    rest = split_parcel(fo.number, actor=bo)
    first = dispatch(fo.number, carrier="own", tracking_number="P-1", actor=bo)
    assert again(order).fulfilment_status == "partially_dispatched"
    assert stock_of("MUG") == Stock(on_hand=8, allocated=1)
    pack_all(rest, bo)
    second = dispatch(rest.number, carrier="own", tracking_number="P-2", actor=bo)
    assert again(order).fulfilment_status == "dispatched"
    assert [sorted(s.lines.values_list("line__sku", "qty")) for s in (first, second)] == [
        [("MUG", 2)], [("KETTLE", 1), ("MUG", 1)],
    ]  # fmt: skip
    assert stock_of("MUG") == Stock(on_hand=7)
    assert sick() == {}


def test_a_closed_parcel_can_be_opened_again(shop, bo):
    fo = packed(released(bo), bo)
    assert pack.reopen_pack(fo.number, actor=bo).status == "picked"
    pack.undo_last(fo.number, actor=bo)
    assert again(fo.order).qty_packed == 1
