"""Asking for goods to come back: how many, until when, and what the order then says."""

from datetime import timedelta

import pytest

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.models import Order
from returns.actions.decide import approve_return, decline_return
from returns.actions.finish import cancel_return
from returns.actions.request import request_return
from returns.models import ReturnReason
from tests.returns import steps, story

pytestmark = pytest.mark.django_db


def test_a_request_is_on_the_order_at_once_and_asks_support_to_decide(order, line, ana):
    rma = request_return(order.number, quantities={line.pk: 2}, reason="damaged", actor=ana, note="Crushed")

    assert (rma.status, rma.qty, rma.number[:4]) == ("requested", 2, "RMA-")
    order.refresh_from_db()
    assert (order.open_returns, order.return_status, order.stage) == (1, "requested", "return_in_progress")
    assert (order.next_action, order.owner_team) == ("decide_return", "support")
    assert story.said(order) == ["returns.requested"]


def test_no_more_comes_back_than_was_delivered_and_is_not_asked_for_yet(order, line, ana):
    steps.asked(order, 2, actor=ana)

    with pytest.raises(Refused, match="1 of 3 delivered unit"):
        steps.asked(order, 2, actor=ana)
    assert steps.asked(order, 1, actor=ana).qty == 1


@pytest.mark.parametrize("end", [decline_return, cancel_return])
def test_units_of_a_declined_or_cancelled_return_can_be_asked_for_again(order, ana, end):
    end(steps.asked(order, 3, actor=ana).number, reason="Not now", actor=ana)

    assert steps.asked(order, 3, actor=ana).qty == 3


def test_after_the_window_a_note_is_needed(order, line, ana):
    Order.objects.filter(pk=order.pk).update(delivered_at=now() - timedelta(days=60))

    with pytest.raises(Refused, match="14-day return window ended"):
        steps.asked(order, 1, actor=ana)
    assert steps.asked(order, 1, actor=ana, note="Promised by phone").note == "Promised by phone"


def test_nothing_comes_back_before_anything_was_delivered(ana):
    order = story.captured([story.mugs(1)], actor=ana)

    with pytest.raises(Refused, match="Nothing was delivered yet"):
        steps.asked(order, 1, actor=ana)


def test_a_stranger_line_an_unknown_reason_and_nothing_are_refused(order, line, ana):
    other = story.delivered([story.mugs(1, sku="CUP")], actor=ana).lines.get()
    with pytest.raises(Refused, match="do not belong"):
        request_return(order.number, quantities={other.pk: 1}, reason="damaged", actor=ana)
    with pytest.raises(Refused, match="Choose a reason"):
        request_return(order.number, quantities={line.pk: 1}, reason="because", actor=ana)
    ReturnReason.objects.filter(key="late").update(is_active=False)
    with pytest.raises(Refused, match="Choose a reason"):
        request_return(order.number, quantities={line.pk: 1}, reason="late", actor=ana)
    with pytest.raises(Refused, match="how many units"):
        request_return(order.number, quantities={line.pk: 0}, reason="damaged", actor=ana)
    with pytest.raises(Refused, match="Choose what it is"):
        request_return(order.number, quantities={line.pk: 1}, reason="damaged", actor=ana, type="rto")


def test_each_return_has_its_own_unbroken_chain_on_the_orders_timeline(order, ana):
    first, second = steps.asked(order, 1, actor=ana), steps.asked(order, 1, actor=ana)
    approve_return(second.number, actor=ana)

    assert story.said(order) == ["returns.requested", "returns.requested", "returns.approved", "returns.awaiting_item"]
    assert first.number != second.number
