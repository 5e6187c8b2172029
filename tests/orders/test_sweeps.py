"""Stock that arrives serves who waited longest; promises and holds end when their time is over."""

from datetime import timedelta

from inventory.actions.adjust import receive_stock
from inventory.models import Backorder
from oms.events.relay import deliver_due
from oms.kernel.clock import business_zone, now, time_is
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from orders.actions.expire import close_settled, expire_reservations, release_timed_holds
from orders.actions.hold import hold_order
from orders.models import OrderLine
from tests.stories import Stock, again, placed, stock_of


def broken() -> dict:
    return {code: rows for code, rows in run_all().items() if rows and code.startswith(("stock", "orders"))}


def test_arriving_stock_goes_to_who_waited_longest(shop, ana):
    first, second = placed(("LAMP", 3)), placed(("LAMP", 3))
    confirm_order(first.number, actor=ana)
    receive_stock("LAMP", location="delhi", qty=4, source="PO-1", actor=ana)
    while deliver_due():
        pass

    assert (again(first).qty_allocated, again(first).qty_backordered) == (3, 0)
    assert (again(second).qty_reserved, again(second).qty_backordered) == (1, 2)
    assert broken() == {}


def test_a_soft_promise_ends_with_its_time_and_confirming_takes_it_again(shop, ana):
    order = placed(("MUG", 2))
    with time_is(now() + timedelta(hours=shop.reservation_hours + 1)):
        assert expire_reservations() == 1
        assert stock_of("MUG") == Stock(on_hand=10)
        assert expire_reservations() == 0
        assert broken() == {}
        confirm_order(order.number, actor=ana)
    assert stock_of("MUG") == Stock(on_hand=10, allocated=2)


def test_what_lapsed_and_went_to_others_joins_what_waits_already(shop, ana):
    order = placed(("MUG", 17))
    assert again(order).qty_backordered == 2
    with time_is(now() + timedelta(hours=shop.reservation_hours + 1)):
        expire_reservations()
        placed(("MUG", 14))
        confirm_order(order.number, actor=ana)
        assert (again(order).qty_allocated, again(order).qty_backordered) == (1, 16)
        assert Backorder.objects.get().qty == 16
        assert not [code for code in broken() if code.startswith("stock")]


def test_one_order_that_cannot_be_freed_keeps_no_other_waiting(shop):
    """Its line and its promise disagree, which the doctor names; the sweep comes to it first every time."""
    broken_one, sound = placed(("MUG", 2)), placed(("MUG", 3))
    OrderLine.objects.filter(order=broken_one).update(qty_reserved=0)
    with time_is(now() + timedelta(hours=shop.reservation_hours + 1)):
        assert expire_reservations() == 1
        assert (again(sound).qty_reserved, stock_of("MUG").reserved) == (0, 2)
        assert broken()


def test_a_timed_hold_lifts_itself(shop, cy):
    order = placed()
    hold_order(order.number, reason="customer_request", until=now() + timedelta(hours=1), actor=cy)
    assert release_timed_holds() == 0
    held, ends = again(order), order.holds.get().until
    assert (held.next_text, held.due_at) == (
        f"Wait until {ends.astimezone(business_zone()):%-d %b, %H:%M}, or clear the hold",
        ends,
    )
    with time_is(now() + timedelta(hours=2)):
        assert release_timed_holds() == 1
    assert again(order).stage == "new"


def test_an_open_order_is_never_closed_by_the_sweep(shop):
    placed()
    assert close_settled() == 0
