"""Two releases of one agreement at the same instant never take the same units (CU-09). With its negative control."""

import pytest

from oms.kernel.errors import Refused
from orders.actions import blanket_release
from orders.models import BlanketOrder, Order
from orders.standing.agreed import agreed_lines
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.orders.standing.steps import blanket, released

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def two_releases() -> tuple[list, int]:
    """Three units each, of five; what each gave, and what is open then."""
    make_shop()
    ana, made = person("ana", "sales"), blanket(("MUG", 5, "80"))
    given = one_inside_the_other(*(lambda: released(made, ana, MUG=3) for _ in range(2)))
    return given, agreed_lines(made)[0].open


def test_the_second_is_told_what_is_left(patient_locks, monkeypatch):
    monkeypatch.setattr("orders.actions._blanket.limit_lock_wait", lambda: None)
    (first, second), left = two_releases()
    assert isinstance(first, Order)
    assert isinstance(second, Refused)
    assert "2 of 5 are open, not 3" in second.message
    assert (left, Order.objects.count()) == (2, 1)


def test_without_the_lock_more_is_released_than_was_agreed(monkeypatch):
    """Negative control: the agreement read unlocked."""

    def unlocked(number: str) -> BlanketOrder:
        return BlanketOrder.objects.select_related("customer", "channel").get(number=number)

    monkeypatch.setattr(blanket_release, "lock_blanket", unlocked)
    _, left = two_releases()
    assert left == -1
