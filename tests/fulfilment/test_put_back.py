"""Units already picked that an order lets go: whoever holds them is told to put them back."""

import pytest

from fulfilment.actions.pick import pick_line
from orders.actions.cancel import cancel_order
from tests.fulfilment.steps import picked, picking, released
from tests.orders.amending.steps import amended, qty
from tests.orders.desk import signed_in
from tests.stories import said

pytestmark = pytest.mark.django_db

LET_GO = "fulfilment.units_let_go"


def test_the_station_says_what_a_smaller_order_leaves_in_the_pickers_hands(shop, ana, bo):
    order = released(bo, ("MUG", 3))
    number = picked(order, bo).number
    amended(order, qty(order, 1), actor=ana)
    page = signed_in(bo).get(f"/warehouse/{number}/").content.decode()
    assert "Back to the shelf: 2 × MUG" in page and "Customer called" in page
    assert said(order).count(LET_GO) == 1


def test_units_nobody_picked_yet_go_without_a_word(shop, ana, bo):
    order = released(bo, ("MUG", 3))
    number = picking(order, bo).number
    pick_line(number, code="MUG", qty=1, actor=bo)
    amended(order, qty(order, 1), actor=ana)
    assert "Back to the shelf" not in signed_in(bo).get(f"/warehouse/{number}/").content.decode()
    assert LET_GO not in said(order)


def test_a_cancelled_order_leaves_everything_that_was_picked(shop, ana, bo):
    order = released(bo, ("MUG", 2), ("KETTLE", 1))
    number = picked(order, bo).number
    cancel_order(order.number, reason="customer_changed_mind", actor=ana)
    assert "Back to the shelf: 1 × KETTLE, 2 × MUG" in signed_in(bo).get(f"/warehouse/{number}/").content.decode()
