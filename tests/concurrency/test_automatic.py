"""Two workers look at once, and a worker meets a person: a step is made once. With its negative control."""

from datetime import timedelta

import pytest

from oms.events.models import Event
from oms.kernel.clock import now
from orders.actions import automate
from orders.actions.automate import make_routine_steps
from orders.actions.confirm import confirm_order
from orders.checking.rulebook import forget
from orders.models import AutomaticResult, AutomaticStep, Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.fulfilment.steps import sick
from tests.stories import placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def waiting():
    forget()
    make_shop()
    AutomaticStep.objects.create(name="Routine", mode="on", since=now() - timedelta(hours=1))
    yield placed(("MUG", 2))
    forget()


def confirmed() -> int:
    return Event.objects.filter(name="orders.confirmed").count()


def test_one_of_two_workers_confirms_it(patient_locks):
    assert sorted(one_inside_the_other(make_routine_steps, make_routine_steps)) == [0, 1]
    assert (confirmed(), AutomaticResult.objects.count()) == (1, 1)
    assert sick() == {}


def test_a_worker_finds_what_a_person_has_just_confirmed(waiting, patient_locks):
    made = one_inside_the_other(lambda: confirm_order(waiting.number, actor="A person").number, make_routine_steps)
    assert made == [waiting.number, 0]
    assert (confirmed(), AutomaticResult.objects.count()) == (1, 0)


def test_without_the_lock_both_begin_to_confirm_it(waiting, monkeypatch):
    """Negative control: read without its lock, the order is still new to the second, who makes the step as well."""

    def unlocked(number: str) -> Order:
        return Order.objects.get(number=number)

    begun = []
    monkeypatch.setattr(automate, "lock_order", unlocked)
    monkeypatch.setitem(automate.MAKE, "confirm", lambda number, **_: begun.append(number))
    monkeypatch.setattr(automate, "_note", lambda *_: None)
    one_inside_the_other(make_routine_steps, make_routine_steps)
    assert begun == [waiting.number] * 2
