"""Cancel and cancel remainder: what they free, what they say, when they refuse."""

from decimal import Decimal

import pytest

from oms.kernel.errors import Refused
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.release import release_order
from orders.models import Hold
from tests.stories import Stock, again, placed, said, stock_of


@pytest.mark.parametrize("confirmed", [False, True])
def test_cancelling_gives_every_unit_back(shop, ana, confirmed):
    order = placed(("MUG", 12), ("LAMP", 1))
    if confirmed:
        confirm_order(order.number, actor=ana)
        assert stock_of("MUG").allocated == 10
    cancel_order(order.number, reason="other", actor=ana)

    order = again(order)
    assert (order.status, order.stage, order.next_action) == ("cancelled", "cancelled", "")
    assert (stock_of("MUG"), stock_of("MUG", "delhi")) == (Stock(on_hand=10), Stock(on_hand=5))
    assert "orders.cancelled" in said(order)


def test_an_order_cancelled_before_any_payment_does_not_say_paid(shop, ana):
    unpaid, paid, partly = placed(("MUG", 1)), placed(("MUG", 1), paid="100.00"), placed(("MUG", 2), paid="100.00")
    for order in (unpaid, paid, partly):
        cancel_order(order.number, reason="other", actor=ana)
    assert [again(order).payment_status for order in (unpaid, paid, partly)] == ["unpaid", "overpaid", "overpaid"]


def test_the_remainder_is_cancelled_least_useful_units_first(shop, ana):
    order = placed(("MUG", 17))
    line = order.lines.get()
    cancel_remainder(order.number, quantities={line.pk: 3}, reason="out_of_stock", actor=ana)

    order = again(order)
    assert (order.qty_cancelled, order.qty_backordered, order.qty_reserved) == (3, 0, 14)
    assert order.amount_due == Decimal(1400)
    with pytest.raises(Refused, match="14 of 17 can still be cancelled"):
        cancel_remainder(order.number, quantities={line.pk: 15}, reason="other", actor=ana)
    with pytest.raises(Refused, match="cancel the whole order"):
        cancel_remainder(order.number, quantities={line.pk: 14}, reason="other", actor=ana)


def test_an_unknown_reason_is_refused(shop, ana):
    with pytest.raises(Refused, match="Choose a reason"):
        cancel_order(placed().number, reason="whim", actor=ana)


def test_a_hold_is_an_overlay_with_its_owner_and_nothing_forgets_where_it_was(shop, ana):
    order = placed()
    confirm_order(order.number, actor=ana)
    before = again(order).stage
    hold_order(order.number, reason="address", detail="no PIN", actor=ana)
    held = again(order)
    assert (held.stage, held.next_text, held.owner_team) == ("on_hold", "Get a complete address", "support")
    with pytest.raises(Refused, match="On hold: Address problem: no PIN"):
        release_order(order.number, actor=ana)
    clear_hold(order.number, hold_id=Hold.objects.get().pk, actor=ana)
    assert again(order).stage == before


def test_release_waits_for_the_money(shop, ana):
    order = placed()
    confirm_order(order.number, actor=ana)
    assert (again(order).stage, again(order).owner_team) == ("payment_pending", "finance")
    with pytest.raises(Refused, match="₹100.00 must be received"):
        release_order(order.number, actor=ana)
    paid = placed(paid="100.00")
    confirm_order(paid.number, actor=ana)
    release_order(paid.number, actor=ana)
    assert (again(paid).status, again(paid).stage, again(paid).next_action) == ("processing", "ready_to_pack", "pick")
