"""The same buyer orders the same things twice: the later order waits and names the earlier."""

from datetime import timedelta

import pytest

from oms.kernel.clock import now
from orders.actions.cancel import cancel_order
from orders.actions.capture import capture_orders
from orders.actions.check import check_again
from tests.orders.checking.house import held, switch_on
from tests.stories import draft, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db):
    switch_on("twin", window_hours=6)


def test_the_later_twin_names_the_earlier(shop):
    first, second = placed(("MUG", 1), ("KETTLE", 1)), placed(("KETTLE", 2), ("MUG", 1))
    assert held(first) == []
    assert [rule for rule, _ in held(second)] == ["twin"]
    assert first.number in second.hold_summary


def test_an_order_that_comes_in_late_with_an_earlier_clock_is_compared_too(shop, ana):
    at = now()
    placed(("MUG", 1), placed_at=at)
    late = placed(("MUG", 1), placed_at=at - timedelta(seconds=1))
    assert [rule for rule, _ in held(late)] == ["twin"]
    assert check_again(late.number, actor=ana).cleared == 0
    assert not held(placed(("MUG", 1), placed_at=at - timedelta(hours=7)))


def test_twins_of_one_batch_are_found(shop):
    at = now()
    results = capture_orders([draft(placed_at=at), draft(placed_at=at)], channel=shop, actor="system")
    from orders.models import Order

    orders = [Order.objects.get(number=r.number) for r in results]
    assert sorted(len(held(o)) for o in orders) == [0, 1]


def test_the_phone_alone_finds_the_buyer_whatever_way_it_is_written(shop):
    placed(email="a@example.test", phone="+91 98765 43210")
    assert held(placed(email="b@example.test", phone="098765-43210"))
    assert not held(placed(email="c@example.test", phone="+91 98765 43211"))


def test_other_products_other_buyers_old_and_cancelled_orders_are_no_twins(shop):
    old = placed(placed_at=now() - timedelta(hours=7))
    assert not held(placed())
    assert not held(placed(("KETTLE", 1)))
    assert not held(placed(email="other@example.test", phone="+91 90000 00000"))
    cancel_order(old.number, reason="other", actor="system")


def test_a_cancelled_order_is_no_twin(shop):
    cancel_order(placed().number, reason="other", actor="system")
    assert not held(placed())


def test_what_a_schedule_or_an_agreement_brings_is_no_twin(shop):
    placed()
    assert not held(placed(extra={"recurring": "RO-1"}))
    assert held(placed(extra={"anything": "else"}))


def test_no_phone_is_not_the_same_phone(shop):
    placed(email="a@example.test", phone="")
    assert not held(placed(email="b@example.test", phone=""))


def test_it_is_off_in_a_fresh_house(shop):
    switch_on("amount")
    placed()
    assert not held(placed())
