"""Two orders of one buyer in the same instant: the checks that compare orders see both (BEYOND 20, VA-04)."""

from decimal import Decimal

import pytest

import orders.actions.check as checking
from oms.access.models import User
from orders.actions.capture import capture_orders
from orders.actions.check import check_again
from orders.models import Channel, CheckRule, CreditAccount, Customer, Hold, Order
from tests.conftest import make_shop, person
from tests.orders.checking.conftest import fresh_rulebook  # noqa: F401  a rule switched on here is seen at once
from tests.orders.checking.house import switch_on
from tests.stories import draft, placed
from tests.together import Meeting, at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def taken(**changes) -> Order:
    got = capture_orders([draft(("MUG", 3), **changes)], channel=Channel.objects.get(code="web"), actor="system")
    return Order.objects.get(number=got[0].number)


def held_orders() -> int:
    return Hold.objects.filter(cleared_at=None).exclude(rule="").values("order").distinct().count()


def two_twins() -> int:
    """The same goods for the same phone, twice at once, from people who give another e-mail each time."""
    make_shop()
    switch_on("twin", window_hours=6)
    at_once(*(lambda i=i: taken(email=f"zoya{i}@example.test") for i in range(2)))
    return held_orders()


def two_on_credit() -> int:
    """Each of the two is within the limit, both together are not."""
    make_shop()
    assert CheckRule.objects.get(key="credit").is_on
    buyer = Customer.objects.create(name="Zoya P", email="zoya@example.test", match_key="zoya@example.test")
    CreditAccount.objects.create(customer=buyer, currency="INR", limit=Decimal(500), terms_days=30)
    at_once(*(lambda: taken(payment_terms="credit") for _ in range(2)))
    return held_orders()


@pytest.mark.parametrize("story", [two_twins, two_on_credit])
def test_the_second_of_two_is_held(story):
    assert story() == 1


@pytest.mark.parametrize("story", [two_twins, two_on_credit])
def test_without_the_buyers_lock_neither_sees_the_other(story, monkeypatch):
    """Negative control: both have looked before either has committed, which is what the lock prevents."""
    meet, load = Meeting(2), checking.load

    def look_together(*args, **kwargs):
        facts = load(*args, **kwargs)
        meet.attend()
        return facts

    monkeypatch.setattr(checking, "lock_buyers", lambda *_: None)
    monkeypatch.setattr(checking, "load", look_together)
    assert story() == 0


def test_a_check_on_demand_waits_for_the_buyers_other_order(monkeypatch):
    """And no deadlock between it, which has its order, and a capture, which has none yet."""
    make_shop()
    switch_on("twin", window_hours=6)
    ana: User = person("ana", "sales")
    first = placed(("MUG", 3))
    at_once(lambda: taken(), lambda: check_again(first.number, actor=ana))
    assert held_orders() == 1
