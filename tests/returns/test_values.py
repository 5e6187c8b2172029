"""Refunds come from the values frozen at placement, and their parts are the whole to the last cent."""

from decimal import Decimal

import pytest

from oms.kernel.errors import Refused
from orders.models import OrderLine
from payments.actions.dispute import open_dispute
from payments.actions.record import record_payment
from payments.actions.refund import request_refund
from tests.returns import steps, story

pytestmark = pytest.mark.django_db
D = Decimal


def paid(order, fay, amount="30.00"):
    return record_payment(order.number, method="cash", amount=D(amount), actor=fay)


def test_settling_asks_back_what_was_paid_too_much_at_most_the_returns_worth(ana, fay):
    order = story.delivered([story.mugs(3)], actor=ana)
    paid(order, fay)
    steps.settled(order, 1, actor=ana)
    steps.settled(order, 2, actor=ana)
    assert list(order.refunds.order_by("pk").values_list("amount", flat=True)) == [D("10.00"), D("20.00")]


def test_a_half_paid_order_owes_less_before_money_goes_back(ana, fay):
    order = story.delivered([story.mugs(3)], actor=ana)
    paid(order, fay, "15.00")
    steps.settled(order, 1, actor=ana)  # 15 owed, 10 of it returned
    steps.settled(order, 2, actor=ana)
    assert list(order.refunds.values_list("amount", flat=True)) == [D("15.00")]


def test_what_is_being_refunded_already_is_not_asked_for_twice(ana, fay):
    order = story.delivered([story.mugs(3)], actor=ana)
    paid(order, fay)
    request_refund(order.number, amount=D("4.00"), reason="Late", actor=fay)
    rma = steps.settled(order, 3, actor=ana)
    assert (rma.refund_total, sorted(order.refunds.values_list("amount", flat=True))) == (D(30), [D(4), D(26)])


def test_disputed_money_does_not_stop_the_return(ana, fay):
    order = story.delivered([story.mugs(3)], actor=ana)
    open_dispute(paid(order, fay).number, reason="Bank letter", actor=fay)
    rma = steps.settled(order, 3, actor=ana)
    assert (rma.status, rma.refund_number, order.refunds.count()) == ("resolved", "", 0)


def test_each_unit_carries_its_own_discount_share_and_the_last_one_the_rounding_rest(ana):
    order = story.delivered([story.mugs(3, price="10.00", discount="20.00")], actor=ana)  # 10.00 for three

    values = [steps.settled(order, 1, actor=ana).lines.get().value for _ in range(3)]

    assert values == [D("3.33"), D("3.34"), D("3.33")]
    assert sum(values) == order.lines.get().total == D("10.00")


def test_the_price_of_today_changes_nothing(order, line, ana):
    line.product.price = D("999.00")
    line.product.save()

    assert steps.settled(order, 1, actor=ana).refund_total == D("10.00")


def test_value_is_exact_whatever_the_split(ana):
    order = story.delivered([story.mugs(7, price="14.29", discount="0.03")], actor=ana)  # 100.00

    values = [steps.settled(order, qty, actor=ana).lines.get().value for qty in (2, 1, 3, 1)]

    assert sum(values) == OrderLine.objects.get(order=order).total == D("100.00")


def test_settling_lowers_what_the_customer_owes_and_ends_the_return(order, ana):
    steps.settled(order, 3, actor=ana)

    order.refresh_from_db()
    assert (order.returned_total, order.amount_due) == (D("30.00"), D("0.00"))
    assert (order.open_returns, order.return_status, order.stage) == (0, "returned", "returned")


def test_a_deduction_and_shipping_are_part_of_the_sum_and_of_the_lines(ana):
    order = story.delivered([story.mugs(3)], actor=ana, shipping=D("50.00"))

    rma = steps.settled(order, 3, actor=ana, deduction=D("5.00"), shipping=D("50.00"))

    assert (rma.refund_total, rma.lines.get().refund_amount, rma.lines.get().value) == (
        D("75.00"),
        D("25.00"),
        D("30.00"),
    )
    with pytest.raises(Refused, match="of shipping can be given back"):
        other = story.delivered([story.mugs(1)], actor=ana)
        steps.settled(other, 1, actor=ana, shipping=D("0.01"))


def test_a_deduction_above_the_goods_is_refused(order, ana):
    with pytest.raises(Refused, match="At most ₹10.00 can be taken off"):
        steps.settled(order, 1, actor=ana, deduction=D("10.01"))


def test_refused_units_are_the_customers_again_and_can_be_asked_for_once_more(order, line, ana):
    rma = steps.settled(order, 3, actor=ana, accepted=2)

    assert rma.refund_total == D("20.00")
    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.qty_returned, order.return_status) == (2, "partially_returned")
    assert steps.asked(order, 1, actor=ana).qty == 1


@pytest.mark.parametrize("outcome", ["exchange", "replacement", "repair", "store_credit"])
def test_other_outcomes_give_no_money_back(order, ana, outcome):
    rma = steps.settled(order, 2, actor=ana, outcome=outcome)

    assert (rma.refund_total, rma.lines.get().net_value) == (D(0), D("20.00"))
    order.refresh_from_db()
    assert order.returned_total == 0


def test_accepting_more_than_came_is_refused(order, ana):
    with pytest.raises(Refused, match="2 units can be accepted, not 3"):
        steps.settled(order, 2, actor=ana, accepted=3)
