"""Unusually many orders of one customer within some hours."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from oms.kernel.clock import now
from orders.actions.check import check_again
from orders.actions.hold import clear_hold
from orders.models import Hold
from tests.orders.checking.house import held, switch_on
from tests.stories import placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db):
    switch_on("velocity", window_hours=3, max_orders=2)


def test_the_order_beyond_the_usual_number_waits(shop):
    assert [len(held(placed())) for _ in range(3)] == [0, 0, 1]
    assert "Order 4 of this customer within 3 h, 2 are usual" in held(placed())[0][1]


def test_orders_of_others_and_older_ones_do_not_count(shop):
    for hours in (4, 5, 6):
        placed(placed_at=now() - timedelta(hours=hours))
    for i in range(3):
        assert held(placed(email=f"buyer{i}@example.test", phone=f"+91 90000 0000{i}")) == []
    assert held(placed()) == []


@pytest.mark.parametrize("is_shortened", [True, False], ids=["shortened", "control"])
def test_what_was_cleared_in_the_words_of_before_is_not_asked_again(shop, fay, is_shortened):
    """The migration that takes the advice off the findings; the control shows what happens without it."""
    order = [placed() for _ in range(3)][-1]
    hold = Hold.objects.get(order=order)
    Hold.objects.update(detail=f"{hold.detail}; call the customer before you clear it")
    clear_hold(order.number, hold_id=hold.pk, note="A club orders", actor=fay)
    if is_shortened:
        with connection.cursor() as cursor:
            cursor.execute(import_module("orders.migrations.0019_shorter_findings").SHORTEN)
    assert check_again(order.number, actor=fay).held == (0 if is_shortened else 1)
