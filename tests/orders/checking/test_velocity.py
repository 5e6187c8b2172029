"""Unusually many orders of one customer within some hours."""

from datetime import timedelta

import pytest

from oms.kernel.clock import now
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
