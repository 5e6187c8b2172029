"""Recurring orders (SU-01, SU-02, SU-03, SU-05, CU-13): placed once, at the prices of the day, never silently not."""

from datetime import date

import pytest
from django.db import connection

from inventory.models import Product
from oms.events.models import Event
from oms.kernel.clock import time_is
from oms.kernel.errors import Busy, Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.recurring_place import place_next
from orders.actions.recurring_run import keep_run, set_contents, skip_run
from orders.actions.recurring_start import change_recurring, start_recurring
from orders.actions.recurring_state import end_recurring, pause_recurring, resume_recurring
from orders.models import Channel, Order
from orders.standing.rhythm import Rhythm
from orders.tasks import place_recurring
from tests.orders.pricing.test_lists import price_list
from tests.orders.standing.steps import MONDAY, again, at, buyer, sweep, terms, weekly

pytestmark = pytest.mark.django_db


def contents(order: Order) -> list[tuple[str, int]]:
    return list(order.lines.order_by("position").values_list("sku", "qty_ordered"))


def test_each_day_is_placed_once_however_often_the_sweep_runs(shop):
    recurring = weekly(("MUG", 2), ("KETTLE", 1))
    assert again(recurring).next_on == MONDAY
    assert [sweep(2, 5), sweep(2, 6), sweep(2, 6, 2), sweep(3), sweep(9), sweep(9, 7)] == [0, 1, 0, 0, 1, 0]
    orders = list(Order.objects.order_by("pk"))
    assert [contents(o) for o in orders] == [[("MUG", 2), ("KETTLE", 1)]] * 2
    assert [o.extra["run_on"] for o in orders] == ["2026-03-02", "2026-03-09"]
    assert {o.customer for o in orders} == {recurring.customer}
    assert again(recurring).next_on == date(2026, 3, 16)


def test_the_task_of_the_schedule_places(shop):
    weekly()
    with time_is(at(2, 7)):
        assert place_recurring() == 1


def test_the_price_is_that_of_the_day_it_is_placed(shop):
    recurring = weekly(("MUG", 2))
    sweep(2)
    price_list("zoya", ("MUG", 1, "80"), customer=recurring.customer)
    sweep(9)
    Product.objects.filter(sku="MUG").update(price=500)
    assert [o.lines.get().unit_price for o in Order.objects.order_by("pk")] == [100, 80]


def test_what_cannot_be_placed_is_somebodys_work_until_it_is_mended(shop):
    recurring = weekly(("LAMP", 1))
    Product.objects.filter(sku="LAMP").update(is_active=False)
    assert sweep(2) == 0
    stuck = again(recurring)
    assert stuck.failure == "LAMP is not sold any more; change the contents, or skip this day."
    assert (stuck.owner_team, stuck.failed_at, stuck.next_on) == ("sales", at(2, 6, 1), MONDAY)
    assert not Order.objects.exists()
    assert sweep(2, 6, 30) == 0, "tried again within the hour, not each minute"
    Product.objects.filter(sku="LAMP").update(is_active=True)
    assert sweep(2, 7, 2) == 1
    assert (again(recurring).failure, again(recurring).next_on) == ("", date(2026, 3, 9))
    said = Event.objects.filter(stream=recurring.number).order_by("seq").values_list("name", flat=True)
    assert list(said) == ["recurring.started", "recurring.failed", "recurring.placed"]


def test_an_error_of_ours_is_told_too(shop, monkeypatch):
    recurring = weekly()

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("orders.actions.recurring_place.draft_of", broken)
    assert sweep(2) == 0
    assert "Something went wrong" in again(recurring).failure


def test_a_product_without_a_price_says_so(shop):
    recurring = weekly(("LAMP", 1))
    Product.objects.filter(sku="LAMP").update(price=None)
    sweep(2)
    assert again(recurring).failure.startswith("LAMP has no price in INR")


def test_an_order_days_late_waits_for_a_person(shop, ana):
    recurring = weekly()
    assert sweep(5) == 0
    assert "is overdue" in again(recurring).failure
    with time_is(at(5, 8)):
        place_next(recurring.number, actor=ana, by_hand=True)
    assert Order.objects.count() == 1
    with time_is(at(5, 9)), pytest.raises(Refused, match="Nothing is due"):
        place_next(recurring.number, actor=ana, by_hand=True)


def test_a_skipped_day_places_nothing_and_may_be_taken_back(shop, ana):
    recurring = weekly()
    with time_is(at(1, 5)):
        skip_run(recurring.number, on=MONDAY, actor=ana)
        assert again(recurring).next_on == date(2026, 3, 9)
        keep_run(recurring.number, on=MONDAY, actor=ana)
        assert again(recurring).next_on == MONDAY
        skip_run(recurring.number, on=MONDAY, actor=ana)
        skip_run(recurring.number, on=date(2026, 3, 16), actor=ana)
    assert [sweep(2), sweep(9), sweep(16), sweep(23)] == [0, 1, 0, 1]


def test_one_day_has_other_contents_and_the_next_the_usual(shop, ana):
    recurring = weekly(("MUG", 2))
    with time_is(at(1, 5)):
        set_contents(recurring.number, on=MONDAY, lines=[("KETTLE", 3)], actor=ana)
    sweep(2)
    sweep(9)
    assert [contents(o) for o in Order.objects.order_by("pk")] == [[("KETTLE", 3)], [("MUG", 2)]]


def test_after_the_cut_off_contents_and_skips_are_refused_with_a_way_out(shop, ana):
    recurring = weekly(since=at(1, 3))
    with time_is(at(1, 6, 1)):
        for act in (
            lambda: skip_run(recurring.number, on=MONDAY, actor=ana),
            lambda: set_contents(recurring.number, on=MONDAY, lines=[("KETTLE", 1)], actor=ana),
        ):
            with pytest.raises(Refused, match="closed Today 06:00. Change the order once it is placed"):
                act()
        skip_run(recurring.number, on=date(2026, 3, 9), actor=ana)
    assert [sweep(2), sweep(9)] == [1, 0]


def test_a_change_of_the_schedule_leaves_the_day_that_is_closed_as_it_was(shop, ana):
    recurring = weekly(("MUG", 2), since=at(1, 3))
    with time_is(at(1, 12)):
        change_recurring(recurring.number, terms(("KETTLE", 1), rhythm=Rhythm("week", 1, 2, MONDAY)), seen=1, actor=ana)
    assert [sweep(2), sweep(4)] == [1, 1]
    assert [contents(o) for o in Order.objects.order_by("pk")] == [[("MUG", 2)], [("KETTLE", 1)]]


def test_a_change_of_a_failing_schedule_mends_the_day_and_does_not_forget_it(shop, ana):
    recurring = weekly(("LAMP", 1))
    Product.objects.filter(sku="LAMP").update(is_active=False)
    sweep(2)
    with time_is(at(2, 6, 30)):
        wednesdays = terms(("MUG", 1), rhythm=Rhythm("week", 1, 2, MONDAY))
        change_recurring(recurring.number, wednesdays, seen=1, actor=ana)
    assert sweep(2, 6, 31) == 1, "at once, not within the hour"
    assert Order.objects.get().extra["run_on"] == "2026-03-02"
    assert again(recurring).next_on == date(2026, 3, 4)


def test_a_day_that_failed_may_be_skipped_after_its_cut_off(shop, ana):
    recurring = weekly(("LAMP", 1))
    Product.objects.filter(sku="LAMP").update(is_active=False)
    sweep(2)
    with time_is(at(2, 7)):
        skip_run(recurring.number, on=MONDAY, actor=ana)
    assert (again(recurring).failure, again(recurring).next_on) == ("", date(2026, 3, 9))


def test_a_schedule_in_somebodys_hand_is_left_for_the_next_sweep(shop, monkeypatch):
    recurring = weekly()

    def busy(number: str):
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr("orders.actions.recurring_place.lock_recurring", busy)
        assert sweep(2) == 0
    assert again(recurring).failure == ""
    assert sweep(2) == 1


def test_a_change_on_an_older_sight_of_the_schedule_is_refused(shop, ana):
    recurring = weekly()
    with time_is(at(1, 5)):
        skip_run(recurring.number, on=date(2026, 3, 9), actor=ana)
        with pytest.raises(Refused, match="was changed meanwhile"):
            change_recurring(recurring.number, terms(("KETTLE", 1)), seen=1, actor=ana)


def test_paused_nothing_is_placed_and_resumed_nothing_is_made_up_for(shop, ana):
    recurring = weekly()
    with time_is(at(1, 13)):
        pause_recurring(recurring.number, actor=ana)
        with pytest.raises(Refused, match="paused already"):
            pause_recurring(recurring.number, actor=ana)
    assert [sweep(2), sweep(9)] == [0, 0]
    with time_is(at(16, 7)):
        resume_recurring(recurring.number, actor=ana)
    assert again(recurring).next_on == date(2026, 3, 23)
    assert [sweep(16, 8), sweep(23)] == [0, 1]


def test_it_ends_by_itself_after_its_last_day_and_by_hand(shop, ana):
    short = weekly(rhythm=Rhythm("week", 1, 0, MONDAY, date(2026, 3, 9)))
    sweep(2)
    sweep(9)
    assert (again(short).status, again(short).next_on) == ("ended", None)
    other = weekly()
    end_recurring(other.number, actor=ana)
    assert sweep(16) == 0
    with pytest.raises(Refused, match="ended"):
        resume_recurring(other.number, actor=ana)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((("NO-SUCH", 1),), "no product"),
        ((("MUG", 1), ("MUG", 2)), "there twice"),
        ((("MUG", 0),), "whole number"),
        ((), "at least one"),
    ],
)
def test_impossible_contents_are_refused_with_a_sentence(shop, ana, lines, why):
    good = terms()
    bad = type(good)(channel=good.channel, rhythm=good.rhythm, lines=lines, ship_to=good.ship_to)
    with time_is(at(1)), pytest.raises(Refused, match=why):
        start_recurring(buyer(), bad, actor=ana)


def test_a_channel_switched_off_is_told(shop):
    recurring = weekly()
    Channel.objects.filter(code="web").update(is_active=False)
    sweep(2)
    assert "takes no orders any more" in again(recurring).failure


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("recurring.silent", "UPDATE orders_recurringorder SET try_at = now() - interval '3 hours'"),
        ("recurring.once", "DELETE FROM orders_recurringrun"),
    ],
)
def test_doctor_names_a_planted_fault(shop, code, fault):
    weekly()
    sweep(2)
    with time_is(at(2, 6, 2)):
        pass
    if code == "recurring.once":
        assert list(CHECKS[code].run()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(fault)
    assert list(CHECKS[code].run())
