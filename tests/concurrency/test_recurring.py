"""Two workers sweep at once: a day's order is placed once (SU-01). With its negative control."""

from datetime import timedelta
from uuid import uuid4

import pytest

from oms.kernel.clock import business_date, now, time_is
from orders.actions import recurring_place
from orders.actions.recurring_place import place_due
from orders.models import Order, RecurringOrder
from orders.standing.rhythm import Rhythm
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.orders.standing.steps import weekly

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def two_workers() -> list:
    make_shop()
    yesterday = business_date() - timedelta(days=1)
    rhythm = Rhythm("week", 1, yesterday.weekday(), yesterday)
    weekly(rhythm=rhythm, since=now() - timedelta(days=3))
    return one_inside_the_other(place_due, place_due)


def test_one_of_them_places_it(patient_locks):
    assert sum(placed for placed in two_workers() if isinstance(placed, int)) == 1
    assert Order.objects.count() == 1
    assert RecurringOrder.objects.get().failure == ""
    with time_is(now()):
        assert place_due() == 0


def test_without_the_lock_and_the_days_own_id_there_are_two(monkeypatch):
    """Negative control: the schedule read unlocked, and an id that is another each time."""

    def unlocked(number: str) -> RecurringOrder:
        return RecurringOrder.objects.select_related("customer__group", "channel").get(number=number)

    monkeypatch.setattr(recurring_place, "lock_recurring", unlocked)
    monkeypatch.setattr(recurring_place, "run_key", lambda recurring, on: uuid4().hex)
    two_workers()
    assert Order.objects.count() == 2


def test_the_days_own_id_alone_keeps_it_to_one(monkeypatch):
    """Should a lock ever be forgotten, the channel's unique id still says no."""

    def unlocked(number: str) -> RecurringOrder:
        return RecurringOrder.objects.select_related("customer__group", "channel").get(number=number)

    monkeypatch.setattr(recurring_place, "lock_recurring", unlocked)
    two_workers()
    assert Order.objects.count() == 1
