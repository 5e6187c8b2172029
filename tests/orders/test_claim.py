"""BEYOND 19: an order in hand: who has it, until when, how it goes back and over, and that it runs out by itself."""

import re
from datetime import timedelta

import pytest

from fulfilment.actions.take import take_next
from oms.events.models import Event
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from orders.actions.assign import assign_order
from orders.actions.claim import claim_order, release_claim, take_next_order, take_over_claim
from orders.actions.confirm import confirm_order
from orders.models import Order
from orders.queues import queue_of
from tests.conftest import person
from tests.fulfilment.steps import picked, released
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db
TO_CONFIRM = queue_of("sales", "to-confirm")


@pytest.fixture
def abe(db):
    return person("abe", "sales")


def test_take_next_gives_the_most_urgent_first_and_says_who_has_it(shop, ana, abe):
    later, urgent = placed(), placed()
    Order.objects.filter(pk=urgent.pk).update(priority=1)
    version = again(urgent).version
    assert take_next_order(TO_CONFIRM, actor=ana).pk == urgent.pk
    assert take_next_order(TO_CONFIRM, actor=ana).pk == later.pk  # one more press: one more order
    with pytest.raises(Refused, match="Nothing is free in this queue"):
        take_next_order(TO_CONFIRM, actor=abe)
    assert (again(urgent).claimed_by, again(urgent).version) == (ana, version)
    assert said(urgent)[-1] == "orders.claimed"
    for page in ("/orders/?view=all", f"/orders/{urgent.number}/", "/"):
        text = signed_in(abe).get(page).content.decode()
        assert re.search(r"Ana(</b>)? (until|has)", text), page


def test_a_claim_that_ran_out_does_not_count_at_once(shop, ana, abe):
    order = placed()
    with time_is(now() - timedelta(minutes=30)):
        take_next_order(TO_CONFIRM, actor=ana)
    assert again(order).claimed_by == ana
    assert not again(order).is_claimed
    assert take_next_order(TO_CONFIRM, actor=abe).pk == order.pk
    assert again(order).claimed_by == abe


def test_a_claim_ends_with_the_step_it_was_taken_for(shop, ana, bo):
    order = placed(paid="100.00")
    take_next_order(TO_CONFIRM, actor=ana)
    confirm_order(order.number, actor=ana)
    assert not again(order).is_claimed
    assert take_next_order(queue_of("warehouse", "release"), actor=bo).pk == order.pk


def test_orders_of_another_person_or_channel_are_not_handed_out(shop, ana, abe):
    order = placed()
    assign_order(order.number, username="abe", actor=ana)
    with pytest.raises(Refused, match="Nothing is free"):
        take_next_order(TO_CONFIRM, actor=ana)
    with pytest.raises(Refused, match="Nothing is free"):
        take_next_order(TO_CONFIRM, actor=person("oz", "sales", channel_codes=["elsewhere"]))
    assert take_next_order(TO_CONFIRM, actor=abe).pk == order.pk


def test_only_the_holder_gives_back_and_taking_over_needs_a_reason(shop, ana, abe):
    order = placed()
    with pytest.raises(Refused, match="Nobody has this in hand"):
        take_over_claim(order.number, reason="?", actor=abe)
    claim_order(order.number, actor=ana)
    with pytest.raises(Refused, match="Ana has it in hand until"):
        claim_order(order.number, actor=abe)
    with pytest.raises(Refused, match="only they give it back"):
        release_claim(order.number, actor=abe)
    with pytest.raises(Refused, match="Say why"):
        take_over_claim(order.number, reason="  ", actor=abe)
    take_over_claim(order.number, reason="Ana is at lunch", actor=abe)
    assert again(order).claimed_by == abe
    event = Event.objects.get(name="orders.claim_taken_over")
    assert (event.payload["before"], event.payload["reason"]) == ("Ana", "Ana is at lunch")
    release_claim(order.number, actor=abe)
    assert not again(order).is_claimed


def test_the_buttons_of_the_order_page_do_it(shop, ana, abe):
    order, mine, theirs = placed(), signed_in(ana), signed_in(abe)
    url = f"/orders/{order.number}/claim/"
    assert (
        mine.post("/orders/take/", {"role": "sales", "queue": "to-confirm"})["Location"] == f"/orders/{order.number}/"
    )
    assert "Give it back" in mine.get(f"/orders/{order.number}/").content.decode()
    assert "Take over" in theirs.get(f"/orders/{order.number}/").content.decode()
    theirs.post(url, {"how": "take-over", "reason": "a\x00"})
    assert again(order).claimed_by == abe
    theirs.post(url, {"how": "release"})
    assert not again(order).is_claimed
    assert "Use one of the buttons" in mine.post(url, {"how": "steal"}, follow=True).content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"role": "sales"}, {"role": "warehouse", "queue": "release"}, {"queue": "x" * 9999}]
)
def test_a_queue_that_is_not_theirs_gives_nothing(shop, ana, data):
    order = placed()
    page = signed_in(ana).post("/orders/take/", data, follow=True).content.decode()
    assert "That queue is not on a home of yours" in page
    assert not again(order).is_claimed


def test_packing_work_in_hand_is_not_given_to_another_and_the_next_one_follows(shop, bo):
    bea = person("bea", "warehouse")
    first, second = (picked(released(bo), bo) for _ in range(2))
    assert take_next("pack", actor=bo).pk == first.pk
    assert take_next("pack", actor=bea).pk == second.pk
    with pytest.raises(Refused, match="Nothing waits on the packing table"):
        take_next("pack", actor=bea)
    page = signed_in(bea).get(f"/warehouse/{first.number}/").content.decode()
    assert "Bo has" in page
    signed_in(bea).post(f"/warehouse/{first.number}/claim/", {"how": "take-over", "reason": "Bo went home"})
    first.refresh_from_db()
    assert first.claimed_by == bea


def test_a_claim_does_not_run_out_under_busy_hands(shop, bo):
    fo = picked(released(bo), bo)
    with time_is(now() - timedelta(minutes=15)):
        take_next("pack", actor=bo)
    fo.refresh_from_db()
    ends = fo.claimed_until
    signed_in(bo).post(f"/warehouse/{fo.number}/steps/", {"step": "scan", "code": "MUG"})
    fo.refresh_from_db()
    assert fo.claimed_until > ends
