"""Large amounts wait for a second person; whoever placed the order is not one."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from oms.kernel.errors import Refused
from orders.actions.approve import decide_approval
from orders.actions.ask_again import ask_again
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold
from orders.checking.rulebook import forget
from orders.models import Approval, ApprovalRule, Hold, Order
from tests.conftest import person
from tests.orders.amending.steps import add, amended, qty
from tests.orders.checking.house import held, limits
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(shop, ana) -> Order:
    limits(approve_from=Decimal(500))
    return placed(("MUG", 5), actor=ana)


def test_from_the_limit_on_an_order_waits_for_approval(large, ana):
    (finding,) = held(large)
    assert finding[1].startswith("₹500.00 needs a second person's approval")
    assert (again(large).stage, again(large).owner_team) == ("on_hold", "finance")
    with pytest.raises(Refused, match="On hold: ₹500.00 needs"):
        confirm_order(large.number, actor=ana)


def test_below_the_limit_and_in_other_currencies_nothing_waits(shop, ana):
    limits(approve_from=Decimal("500.01"))
    limits("AUD", approve_from=Decimal(1))
    assert held(placed(("MUG", 5), actor=ana)) == []


def test_a_second_person_approves_and_the_order_goes_on(large, ana, fay):
    decide_approval(large.number, approve=True, actor=fay)
    assert held(large) == []
    confirm_order(large.number, actor=ana)
    assert "orders.approved" in said(large)


def test_whoever_placed_it_cannot_approve_whatever_their_role(shop):
    owner = person("both", "sales", "owner")
    limits(approve_from=Decimal(1))
    order = placed(actor=owner)
    with pytest.raises(Refused, match="You placed this order or asked for its approval"):
        decide_approval(order.number, approve=True, actor=owner)
    assert held(order)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(decided_by=owner)


def test_a_role_that_may_not_and_a_machine_are_refused(large, bo):
    with pytest.raises(Refused, match="Only Finance, Owner, Admin may do this"):
        decide_approval(large.number, approve=True, actor=bo)
    with pytest.raises(Refused, match="a person who signed in"):
        decide_approval(large.number, approve=True, actor="system")
    assert held(large)


def test_nobody_clears_the_hold_past_the_approval(large, fay):
    with pytest.raises(Refused, match="second person approves"):
        clear_hold(large.number, hold_id=Hold.objects.get().pk, note="because", actor=fay)


def test_a_decline_needs_a_reason_and_stands_until_somebody_asks_anew(large, ana, fay):
    with pytest.raises(Refused, match="Say why you decline"):
        decide_approval(large.number, approve=False, actor=fay)
    decide_approval(large.number, approve=False, note="unknown buyer", actor=fay)
    order = again(large)
    assert (order.owner_team, order.next_text) == ("sales", "Cancel it or change it. Fay said no: unknown buyer")
    with pytest.raises(Refused, match="does not wait for an approval"):
        decide_approval(large.number, approve=True, actor=fay)
    check_again(large.number, actor=ana)
    assert not Approval.objects.filter(state="waiting").exists()
    said_so = signed_in(ana).post(f"/orders/{large.number}/check/", follow=True).content.decode()
    assert "what was declined is the same. Fay said no: unknown buyer." in said_so
    ask_again(large.number, hold_id=Hold.objects.get().pk, note="an old friend", actor=ana)
    assert (again(large).owner_team, again(large).next_action) == ("finance", "clear_hold")
    assert Approval.objects.get(state="waiting").requested_by == ana, "asking anew does not change who placed it"
    decide_approval(large.number, approve=True, actor=fay)
    assert held(large) == []


def test_an_approved_amount_stays_approved_when_checked_again(large, fay):
    decide_approval(large.number, approve=True, actor=fay)
    assert check_again(large.number, actor=fay).held == 0


def test_the_approval_is_withdrawn_when_the_limit_is_raised(large, fay):
    rule = limits("USD")
    type(rule).objects.get(currency="INR").delete()
    assert check_again(large.number, actor=fay).cleared == 1
    assert held(large) == []
    assert Approval.objects.get().state == "withdrawn"


def test_the_page_shows_the_buttons_to_those_who_may_and_the_reason_to_others(large, ana, fay):
    url = f"/orders/{large.number}/"
    assert "You placed this order or asked for its approval" in signed_in(ana).get(url).content.decode()
    page = signed_in(fay).get(url).content.decode()
    assert 'value="approve"' in page
    page = signed_in(ana).post(f"{url}approval/", {"decision": "approve"}, follow=True).content.decode()
    assert "You placed this order or asked for its approval" in page
    page = signed_in(fay).post(f"{url}approval/", {"decision": "approve"}, follow=True).content.decode()
    assert f"The amount of {large.number} is approved." in page
    assert held(large) == []


def test_another_amount_is_another_question(large, ana, fay):
    decide_approval(large.number, approve=False, note="too much", actor=fay)
    ApprovalRule.objects.filter(currency="INR").update(approve_from=Decimal(400))
    forget()
    check_again(large.number, actor=ana)
    assert (again(large).owner_team, Approval.objects.get(state="waiting").amount) == ("finance", 500)


def test_a_smaller_order_is_asked_for_what_is_left_of_it(large, ana, fay):
    decide_approval(large.number, approve=False, note="too much at once", actor=fay)
    order = amended(large, qty(large, 4), actor=ana)
    assert (order.amount_due, held(order), Approval.objects.get().state) == (400, [], "declined")
    confirm_order(order.number, actor=ana)


def test_what_was_approved_stays_approved_when_it_becomes_less(large, ana, fay):
    ApprovalRule.objects.update(approve_from=Decimal(300))
    decide_approval(large.number, approve=True, actor=fay)
    order = amended(large, qty(large, 3), add("LAMP", 1, "150"), actor=ana)
    assert (order.total, order.amount_due, held(order)) == (650, 450, [])
