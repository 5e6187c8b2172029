"""A team that owns a hold but may not cancel says no: somebody else has the order, and knows why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from orders.actions.ask_again import ask_again
from orders.actions.assign import assign_order
from orders.actions.cancel import cancel_order
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.decline import decline_hold
from orders.actions.expire import release_timed_holds
from orders.actions.hold import clear_hold, hold_order
from orders.actions.progress import refresh
from orders.checking.rulebook import forget
from orders.models import ApprovalRule, Hold, MovePolicy, Order, Stage
from tests.orders.checking.house import held, limits, switch_on
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubted(shop) -> Order:
    """More cash on delivery than Finance lets pass without a look."""
    switch_on("cod")
    limits(cod_up_to=Decimal(100))
    return placed(("MUG", 2), payment_terms="cod")


def only_hold() -> Hold:
    return Hold.objects.select_related("reason").get(cleared_at=None)


def test_a_no_hands_the_order_to_sales_with_the_reason_as_its_next_step(doubted, ana, fay):
    assert again(doubted).owner_team == "finance"
    sentence = only_hold().detail
    decline_hold(doubted.number, hold_id=only_hold().pk, note="two parcels came back last month", actor=fay)
    order = again(doubted)
    assert (order.owner_team, order.next_action) == ("sales", "answer_no")
    assert order.next_text == "Cancel it or change it. Fay said no: two parcels came back last month"
    assert order.blockers[0]["text"].endswith(f"{sentence}. Fay said no: two parcels came back last month")
    assert said(order)[-1] == "orders.hold_declined"
    assert order.number in signed_in(ana).get("/?role=sales").content.decode()
    cancel_order(order.number, reason="other", actor=ana)
    assert again(order).status == "cancelled"


def test_a_no_stands_for_others_until_its_owners_are_asked_again(doubted, ana, fay):
    decline_hold(doubted.number, hold_id=only_hold().pk, note="returns too much.", actor=fay)
    with pytest.raises(Refused, match="Fay said no: returns too much. Ask Finance again"):
        clear_hold(doubted.number, hold_id=only_hold().pk, note="I know him", actor=ana)
    with pytest.raises(Refused, match="On hold: Fay said no"):
        confirm_order(doubted.number, actor=ana)
    assert check_again(doubted.number, actor=ana).held == 0
    assert only_hold().declined_at
    with pytest.raises(Refused, match="Say what is different now"):
        ask_again(doubted.number, hold_id=only_hold().pk, note=" ", actor=ana)
    ask_again(doubted.number, hold_id=only_hold().pk, note="pays half in advance", actor=ana)
    order = again(doubted)
    assert (order.owner_team, order.next_action) == ("finance", "clear_hold")
    assert "Ana asks again: pays half in advance" in order.blockers[0]["text"]
    clear_hold(doubted.number, hold_id=only_hold().pk, note="half is enough", actor=fay)
    confirm_order(doubted.number, actor=ana)
    with pytest.raises(Refused, match="Nobody has said no"):
        ask_again(doubted.number, hold_id=Hold.objects.get().pk, note="again", actor=ana)


def test_its_owners_may_change_their_mind(doubted, fay):
    decline_hold(doubted.number, hold_id=only_hold().pk, note="no", actor=fay)
    clear_hold(doubted.number, hold_id=only_hold().pk, note="the courier has called him", actor=fay)
    assert held(doubted) == []


def test_a_no_outlasts_the_time_of_its_hold_also_where_the_sweep_comes_first(shop, ana, bo):
    order = placed()
    hold_order(order.number, reason="stock_check", until=now() + timedelta(hours=1), actor=ana)
    decline_hold(order.number, hold_id=only_hold().pk, note="the shelf is empty", actor=bo)
    with time_is(now() + timedelta(hours=2)):
        assert release_timed_holds() == 0
        with pytest.raises(Refused, match="Bo said no: the shelf is empty"):  # asked for just before the no
            clear_hold(order.number, hold_id=only_hold().pk, note="Its time was over", actor="system")
    assert again(order).next_action == "answer_no"


def test_after_a_no_the_decision_is_due_and_not_the_end_of_the_hold(shop, ana, bo):
    usual = timedelta(minutes=Stage.objects.get(key="on_hold").sla_minutes)
    order = placed()
    hold_order(order.number, reason="stock_check", until=now() + timedelta(hours=1), actor=ana)
    assert again(order).due_at == only_hold().until
    with time_is(now() + timedelta(minutes=30)):
        decline_hold(order.number, hold_id=only_hold().pk, note="the shelf is empty", actor=bo)
    hold = only_hold()
    assert again(order).due_at == hold.declined_at + usual, "Sales has as long as anybody who gets a hold"
    assert again(order).blockers[0]["until"] is None
    assert (
        "until"
        not in signed_in(ana)
        .get(f"/orders/{order.number}/")
        .content.decode()
        .split(f'id="hold-{hold.pk}"')[1]
        .split("</li>")[0]
    )
    hold_order(order.number, reason="address", until=now() + timedelta(minutes=5), actor=ana)
    assert again(order).due_at == hold.declined_at + usual, "what is asked of others is no clock of the decision"
    Order.objects.filter(pk=order.pk).update(promised_at=hold.declined_at)
    assert refreshed(order).due_at == hold.declined_at, "the customer's day is"
    ask_again(order.number, hold_id=hold.pk, note="look at Delhi", actor=ana)
    Order.objects.filter(pk=order.pk).update(promised_at=None)
    assert refreshed(order).due_at == max(h.until for h in Hold.objects.filter(cleared_at=None))


def test_a_check_that_was_declined_is_due_by_its_own_clock(doubted, fay):
    decline_hold(doubted.number, hold_id=only_hold().pk, note="no", actor=fay)
    hold = only_hold()
    assert hold.due_at and again(doubted).due_at == hold.due_at


def refreshed(order: Order) -> Order:
    now_ = again(order)
    with transaction.atomic():
        refresh(now_)
    return now_


def test_what_changes_the_question_asks_it_anew(doubted, ana, fay):
    decline_hold(doubted.number, hold_id=only_hold().pk, note="no", actor=fay)
    ApprovalRule.objects.update(cod_up_to=Decimal(150))
    forget()
    check_again(doubted.number, actor=ana)
    assert (only_hold().declined_at, again(doubted).owner_team) == (None, "finance")
    assert "said no" not in again(doubted).blockers[0]["text"], "nobody has answered this one"


def test_a_no_needs_a_reason_and_somebody_whose_answer_it_is(doubted, ana, bo, fay):
    pk = only_hold().pk
    with pytest.raises(Refused, match="Say why not"):
        decline_hold(doubted.number, hold_id=pk, note=" ", actor=fay)
    for other in (ana, bo):
        with pytest.raises(Refused, match="Finance answers this hold"):
            decline_hold(doubted.number, hold_id=pk, note="no", actor=other)
    decline_hold(doubted.number, hold_id=pk, note="no", actor=fay)
    with pytest.raises(Refused, match="Fay said no: no"):
        decline_hold(doubted.number, hold_id=pk, note="no", actor=fay)


def test_an_order_that_is_over_asks_nobody_from_a_page_left_open(doubted, ana, fay):
    pk = only_hold().pk
    cancel_order(doubted.number, reason="other", actor=ana)
    for late in (lambda: decline_hold(doubted.number, hold_id=pk, note="no", actor=fay),
                 lambda: ask_again(doubted.number, hold_id=pk, note="please", actor=ana)):  # fmt: skip
        with pytest.raises(Refused, match="is cancelled: nothing is to be decided any more"):
            late()


def test_a_hold_of_a_team_that_may_cancel_needs_no_other_no(shop, ana, bo, cy):
    order = placed()
    hold_order(order.number, reason="address", actor=ana)
    with pytest.raises(Refused, match="Support may cancel the order"):
        decline_hold(order.number, hold_id=only_hold().pk, note="no", actor=cy)
    MovePolicy.objects.filter(machine="order", move="cancel").update(roles=["owner"])
    decline_hold(order.number, hold_id=only_hold().pk, note="no such street", actor=cy)
    assert only_hold().declined_at


def test_the_floor_says_no_to_a_hold_that_a_person_placed(shop, ana, bo):
    order = placed()
    assign_order(order.number, username="bo", actor=ana)
    hold_order(order.number, reason="stock_check", detail="Is it there?", actor=ana)
    page, url = signed_in(bo), f"/orders/{order.number}/"
    assert "Say no" in page.get(url).content.decode()
    assert "Say no" not in signed_in(ana).get(url).content.decode()
    page.post(f"{url}holds/{only_hold().pk}/refusal/", {"note": "the shelf is empty"})
    assert again(order).next_text == "Cancel it or change it. Bo said no: the shelf is empty"
    assert again(order).blockers[0]["text"] == "Stock in doubt: Is it there? Bo said no: the shelf is empty"
    assert again(order).assignee is None, "it is Sales's now, and in no queue while Bo has it"
    assert "the shelf is empty. Bo no longer looks after it" in page.get(url).content.decode()
    seen = signed_in(ana).get(url).content.decode()
    assert "Ask Warehouse again" in seen
    assert "/clearance/" not in seen
    signed_in(ana).post(f"{url}holds/{only_hold().pk}/question/", {"note": "look at Delhi"})
    assert again(order).owner_team == "warehouse"
    cancel_order(order.number, reason="out_of_stock", actor=ana)
    page = signed_in(ana).get(url)
    assert (again(order).blockers, page.context["holds"]) == ([], [])
    assert "Ask Warehouse again" not in page.content.decode()
