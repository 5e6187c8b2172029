"""Units that come free without an arrival find those who wait for them."""

import pytest
from django.utils.timezone import timedelta

from inventory.actions.buffer import keep_back
from inventory.models import Allocation, Backorder
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.ops.doctor.registry import run_all
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.expire import expire_reservations
from orders.models import Order
from tests.fulfilment.dropping import at_supplier, offered
from tests.stories import again, placed, said


def work() -> None:
    while deliver_due():
        pass


@pytest.fixture
def holder(shop) -> Order:
    """Has all ten kettles, after it two orders that wait for three and four."""
    order = placed(("KETTLE", 10), ("MUG", 1))
    confirm_order(order.number, actor="system")
    work()
    return order


@pytest.fixture
def waiting(holder) -> list[Order]:
    orders = [placed(("KETTLE", qty), paid=f"{qty}00.00") for qty in (3, 4)]
    for order in orders:
        confirm_order(order.number, actor="system")
    work()
    assert [again(o).stage for o in orders] == ["awaiting_stock"] * 2
    return orders


def test_a_cancelled_order_leaves_its_units_to_those_who_waited_longest(holder, waiting):
    cancel_order(holder.number, reason="other", actor="system")
    work()
    assert [again(o).stage for o in waiting] == ["ready_to_pack"] * 2
    assert all("orders.allocated" in said(o) for o in waiting)
    assert not any(run_all().values())


def test_a_cancelled_part_serves_the_first_whole_and_the_second_as_far_as_it_goes(holder, waiting):
    line = holder.lines.get(sku="KETTLE")
    cancel_remainder(holder.number, quantities={line.pk: 5}, reason="other", actor="system")
    work()
    assert list(Backorder.objects.values_list("order_number", "qty")) == [(waiting[1].number, 2)]
    assert not any(run_all().values())


def test_an_expired_reservation_serves_who_waits(shop):
    holder = placed(("KETTLE", 10))
    late = placed(("KETTLE", 2))
    work()
    Allocation.objects.filter(order_number=holder.number).update(expires_at=now() - timedelta(minutes=1))
    assert expire_reservations() == 1
    work()
    assert not Backorder.objects.filter(order_number=late.number).exists()
    assert again(late).qty_reserved == 2


def test_what_a_supplier_need_not_send_any_more_serves_who_waits(shop):
    offered("LAMP", figure=2)
    holder, late = (placed(("LAMP", 2), paid="200.00") for _ in range(2))
    for order in (holder, late):
        confirm_order(order.number, actor="system")
    work()
    assert Backorder.objects.get().order_number == late.number
    cancel_order(holder.number, reason="other", actor="system")
    work()
    assert not Backorder.objects.exists()
    assert at_supplier(late).location.kind == "drop_ship"
    assert not any(run_all().values())


def test_a_channel_that_leaves_less_serves_who_waits_there(shop, ana):
    keep_back("KETTLE", channel="web", qty=9, actor=ana)
    confirm_order(placed(("KETTLE", 3)).number, actor="system")
    assert Backorder.objects.get().qty == 2
    keep_back("KETTLE", channel="web", qty=8, actor=ana)
    work()
    assert Backorder.objects.get().qty == 1
    keep_back("KETTLE", channel="web", qty=9, actor=ana)
    work()
    assert Backorder.objects.get().qty == 1


def test_where_nobody_waits_nothing_is_asked_for_each_line(holder, django_assert_max_num_queries):
    from orders.actions.allocate import serve_freed

    with django_assert_max_num_queries(2):
        assert serve_freed(holder.number, actor="system") == []
