"""Automatic steps: off at first, watched before they act, explained on the order, within limits, and never against a person."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from oms.events.models import Event
from oms.kernel.clock import now, time_is
from orders.actions import automate
from orders.actions.assign import assign_order
from orders.actions.automate import make_routine_steps
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.undo import undo_step
from orders.checking.rulebook import forget
from orders.models import AutomaticResult, AutomaticStep, Channel, CustomerGroup, Hold, Order
from orders.undoing import open_steps
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.orders.rates import dollars, rate
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_rulebook(shop):
    forget()
    yield
    forget()


def rule(step: str = "confirm", mode: str = "on", **limits) -> AutomaticStep:
    limits = {"since": now() - timedelta(hours=1)} | limits
    return AutomaticStep.objects.create(
        name=f"Routine {step} {AutomaticStep.objects.count()}", step=step, mode=mode, **limits
    )


def result(order: Order) -> tuple[str, str]:
    found = AutomaticResult.objects.get(order=order)
    return found.outcome, found.why


def test_a_routine_order_reaches_the_pick_queue_without_a_hand(ana):
    rule("confirm", total_up_to=500)
    rule("release")
    order = placed(("MUG", 2), paid="200.00")
    assert make_routine_steps() == 2
    assert (again(order).status, again(order).next_action) == ("processing", "pick")
    steps = {e.name: e for e in Event.objects.filter(stream=order.number, actor_kind="rule", machine="order")}
    assert steps["orders.confirmed"].actor_name == "Routine confirm 0"
    assert steps["orders.confirmed"].payload["detail"] == "₹200.00 is within ₹500.00"
    page = signed_in(ana).get(order.get_absolute_url()).content.decode()
    assert "confirmed the order by itself" in page and "released it to picking by itself" in page
    before = said(order)
    assert make_routine_steps() == 0 and said(order) == before  # run again, nothing is done again


def test_off_does_nothing_and_watching_only_notes(ana):
    rule(mode="off")
    watching = rule(mode="watch")
    order = placed()
    assert (make_routine_steps(), again(order).status) == (0, "new")
    assert result(order) == ("would", "nothing stands in its way")
    page = signed_in(ana).get(order.get_absolute_url()).content.decode()
    assert "would do this by itself; it only watches" in page
    looked = AutomaticResult.objects.get().at
    make_routine_steps()
    assert AutomaticResult.objects.get().at == looked, "what has not changed is not looked at again"
    confirm_order(order.number, actor=ana)
    owner = signed_in(person("olga", "owner"))
    assert "people did the same with 1 of 1" in owner.get("/rules/automatic/").content.decode()
    waits = placed()
    assert (
        "acts from now on"
        in owner.post(f"/rules/automatic/{watching.pk}/mode/", {"mode": "on"}, follow=True).content.decode()
    )
    assert (make_routine_steps(), again(waits).status) == (1, "confirmed")
    assert (
        "is on already"
        in owner.post(f"/rules/automatic/{watching.pk}/mode/", {"mode": "on"}, follow=True).content.decode()
    )
    listed = owner.get(f"/rules/automatic/?rule={watching.pk}&outcome=done").content.decode()
    assert waits.number in listed and order.number not in listed


def note(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(customer_note="Ring twice")


def asks(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(answer_due_at=now())


LEFT = {
    "large": ({"total_up_to": 99}, {}, None, "₹100.00 is above ₹99.00"),
    "stranger": ({"known_only": True}, {}, None, "Nothing was sent to this customer before"),
    "no rate": ({"total_up_to": 99}, {"currency": "USD"}, None, "Nobody knows its worth"),
    "note": ({}, {}, note, "The customer wrote a note"),
    "question": ({}, {}, asks, "The customer waits for an answer"),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_is_outside_the_limits_is_left_to_a_person_who_reads_why(ana, case):
    limits, changes, spoil, why = LEFT[case]
    rule(**limits)
    order = placed(**changes)
    if spoil:
        spoil(order)
    assert (make_routine_steps(), again(order).status) == (0, "new")
    assert result(order)[0] == "left" and why in result(order)[1]
    page = signed_in(ana).get(order.get_absolute_url()).content.decode()
    assert f"Not by itself: {why}" in page


def test_limits_look_at_group_channel_and_worth_in_the_books(ana):
    group = CustomerGroup.objects.create(code="vip", name="Friends")
    other = Channel.objects.create(code="pos", name="Store")
    rule(channel=other)
    mine = rule(group=group, total_up_to=Decimal(6000))
    rate("55")
    order = dollars()
    make_routine_steps()
    assert result(order) == ("left", "The customer is not one of Friends")
    order.customer.group = group
    order.customer.save()
    mine.save()  # a rule that was edited looks again
    assert make_routine_steps() == 1
    assert again(order).status == "confirmed"


def test_what_became_routine_meanwhile_is_looked_at_again(ana):
    rule(known_only=True)
    order, earlier = placed(), placed()
    assert make_routine_steps() == 0
    Order.objects.filter(pk=earlier.pk).update(dispatched_at=now(), next_action="deliver")
    assert make_routine_steps() == 0
    page = signed_in(ana).get(order.get_absolute_url()).content.decode()
    assert "Docket does this by itself at" in page
    with time_is(now() + timedelta(minutes=31)):
        assert make_routine_steps() == 1
    assert again(order).status == "confirmed"


def test_what_a_person_took_back_is_theirs(ana):
    rule()
    order = placed()
    make_routine_steps()
    step = open_steps(Event.objects.filter(stream=order.number).order_by("-seq"))[0]
    assert step.name == "orders.confirmed"
    undo_step(order.number, seq=step.seq, actor=ana)
    assert again(order).status == "new"
    assert make_routine_steps() == 0
    assert result(order) == ("left", "A person took its confirmation back, so it is theirs")


def test_what_people_have_is_not_looked_at_and_what_is_held_comes_back(ana):
    rule()
    order = placed()
    assign_order(order.number, username="ana", actor=ana)
    held = placed()
    hold_order(held.number, reason="address", actor=ana)
    assert (make_routine_steps(), AutomaticResult.objects.count()) == (0, 0)
    assign_order(order.number, username="", actor=ana)
    clear_hold(held.number, hold_id=Hold.objects.get(order=held).pk, actor=ana)
    assert make_routine_steps() == 2


def test_older_orders_wait_for_people_and_a_rule_may_wait(ana):
    older = placed(placed_at=now() - timedelta(hours=2))
    waiting = rule(wait_minutes=10)
    order = placed()
    assert make_routine_steps() == 0
    page = signed_in(ana).get(order.get_absolute_url()).content.decode()
    assert "Docket does this by itself at" in page and waiting.name in page
    with time_is(now() + timedelta(minutes=11)):
        assert make_routine_steps() == 1
    assert (again(order).status, again(older).status) == ("confirmed", "new")


def test_a_guard_that_refuses_leaves_it_to_a_person(ana, monkeypatch):
    """The answer says confirm, the guard has the last word: nothing half done, and the reason is kept."""
    rule()
    order = placed()
    Order.objects.filter(pk=order.pk).update(open_holds=1, hold_summary="Planted")
    assert make_routine_steps() == 0
    assert again(order).status == "new"
    assert result(order) == ("left", "On hold: Planted. Clear the hold first.")


def test_capture_calls_the_rules_only_when_there_are_some(django_capture_on_commit_callbacks, monkeypatch):
    called = []
    monkeypatch.setattr("orders.actions.automate.nudge_on_commit", called.append)
    placed()
    assert called == []
    rule(mode="watch")
    placed()
    assert set(called) == {automate.TASK}


def test_an_admin_is_told_what_no_rule_can_hear():
    phone = Channel.objects.create(code="phone", name="Phone", confirmation_basis="sales")
    with pytest.raises(ValidationError, match="customer's word to sales"):
        AutomaticStep(name="x", step="confirm", channel=phone).full_clean()
    with pytest.raises(ValidationError, match="below zero"):
        AutomaticStep(name="x", total_up_to=-1).full_clean()


def test_the_report_counts_what_nobody_touched_and_each_number_has_its_list(ana, olga):
    rule()
    alone, by_hand = placed(), placed()
    confirm_order(by_hand.number, actor=ana)
    make_routine_steps()
    client = signed_in(olga)
    page = client.get("/reports/without-a-touch/")
    cells = page.context["rows"][0]
    assert [cell["value"] for cell in cells] == ["Website", 2, 1, 50, 0, 0, 0, 0]
    listed = client.get(cells[2]["url"]).content.decode()
    assert alone.number in listed and by_hand.number not in listed
