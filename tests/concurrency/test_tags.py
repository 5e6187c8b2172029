"""Two people tag one order at once: both tags stay. With its negative control."""

import pytest

import orders.actions.tag as tagging
from orders.actions.tag import tag_order
from orders.finding import find_tag
from orders.models import Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.stories import again, placed

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def tagged_by_two() -> Order:
    make_shop()
    order, ana, abe = placed(), person("ana", "sales"), person("abe", "sales")
    one_inside_the_other(
        lambda: tag_order(order.number, add=["gift"], actor=ana),
        lambda: tag_order(order.number, add=["vip"], actor=abe),
    )
    return again(order)


def test_both_tags_stay_and_the_order_is_found_by_each():
    order = tagged_by_two()
    assert order.tags == ["gift", "vip"]
    assert all(Order.objects.filter(find_tag(tag).condition).get() == order for tag in order.tags)


def test_negative_control_without_the_lock_the_first_ones_is_lost(monkeypatch):
    monkeypatch.setattr(tagging, "lock_order", lambda number: Order.objects.get(number=number))
    assert tagged_by_two().tags == ["vip"]
