"""BEYOND 19: "take next" never gives one order to two people. Each race with its negative control."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from oms.kernel import claims
from oms.kernel.errors import Refused
from orders.actions.claim import take_next_order
from orders.models import Order
from orders.queues import queue_of
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
TO_CONFIRM = queue_of("sales", "to-confirm")


def two_people_take(orders: int = 2) -> list:
    make_shop()
    people = [person("ana", "sales"), person("abe", "sales")]
    assert len([placed() for _ in range(orders)]) == orders
    return one_inside_the_other(*(lambda who=who: take_next_order(TO_CONFIRM, actor=who).number for who in people))


def test_two_people_who_ask_at_once_get_different_orders():
    assert len(set(two_people_take())) == 2
    assert Order.objects.exclude(claimed_by=None).count() == 2


def test_the_last_order_goes_to_one_of_them_and_the_other_is_told():
    given, refused = two_people_take(orders=1)
    assert isinstance(given, str)
    assert isinstance(refused, Refused)
    assert "Nothing is free in this queue" in refused.message


def test_without_the_lock_both_get_the_same_order(monkeypatch):
    """Negative control: the same two, with the rows chosen unlocked."""
    monkeypatch.setattr(claims, "skip_locked", lambda *tables: "")
    first, second = two_people_take()
    assert first == second


def test_many_browsers_at_one_queue_never_collide():
    make_shop()
    for _ in range(12):
        placed()
    clients = [signed_in(person(f"p{i}", "sales")) for i in range(4)]
    start = Barrier(len(clients))

    def press(client) -> list[str]:
        start.wait(timeout=20)
        try:
            return [
                client.post("/orders/take/", {"role": "sales", "queue": "to-confirm"})["Location"] for _ in range(3)
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        given = [url for urls in pool.map(press, clients) for url in urls]
    assert len(given) == len(set(given)) == 12
    assert all(url.startswith("/orders/SO-") for url in given)
