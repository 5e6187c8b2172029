"""Two people merge A into B and B into A in the same instant."""

import pytest
from django.db import OperationalError

import orders.actions.merge as merging
from oms.kernel.db import sqlstate
from oms.kernel.errors import Refused
from orders.actions.merge import merge_orders
from orders.locks import lock_order
from orders.models import Order
from tests.conftest import make_shop, person
from tests.fulfilment.steps import sick
from tests.stories import placed
from tests.together import Meeting, at_once

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def both_ways() -> list:
    make_shop()
    ana = person("ana", "sales")
    one, two = placed(("MUG", 1)), placed(("KETTLE", 1))

    def run(number: str, other: str):
        try:
            return merge_orders(number, other=other, reason="Twice", actor=ana).number
        except (Refused, OperationalError) as stopped:
            return stopped

    return at_once(lambda: run(one.number, two.number), lambda: run(two.number, one.number))


def test_one_of_the_two_wins_and_the_other_is_told():
    answers = both_ways()
    refused = [a for a in answers if isinstance(a, Refused)]
    assert len(refused) == 1
    assert "is cancelled; only open orders" in refused[0].message
    assert sorted(Order.objects.values_list("status", "qty_ordered")) == [("cancelled", 0), ("new", 2)]
    assert sick() == {}


def test_without_one_order_of_locks_they_wait_for_each_other(monkeypatch):
    """Negative control: each locks the one it names first, and the database has to end one of them."""
    meet = Meeting(2)

    def crosswise(numbers: list[str]) -> list[Order]:
        first = lock_order(numbers[0])
        meet.attend()
        return [first, lock_order(numbers[1])]

    monkeypatch.setattr(merging, "lock_orders", crosswise)
    answers = both_ways()
    assert "40P01" in [sqlstate(a) for a in answers if isinstance(a, OperationalError)]
