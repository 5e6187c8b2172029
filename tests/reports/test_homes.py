"""RO-01, RO-06: each role's home shows its own work, and every number leads to the list behind it."""

import pytest
from django.test import Client

from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from tests.stories import placed


def home(user) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_role_sees_its_own_work(shop, ana, bo, fay, cy):
    fresh, unpaid, held, ready = placed(), placed(), placed(), placed(paid="100.00")
    confirm_order(unpaid.number, actor=ana)
    confirm_order(ready.number, actor=ana)
    hold_order(held.number, reason="address", actor=cy)

    for user, mine in ((ana, fresh), (fay, unpaid), (cy, held), (bo, ready)):
        page = home(user)
        for order in (fresh, unpaid, held, ready):
            assert (order.number in page) == (order == mine), f"{user.username}: {order.number}"


def test_the_owner_sees_the_day_and_every_number_is_a_link(shop, olga):
    placed()
    page = home(olga)
    for words in ("Open orders", "Delayed dispatch", "Payment pending", "By source", "Turnaround", "Website"):
        assert words in page
    assert 'href="/orders/?view=late"' in page


@pytest.mark.parametrize("path", ["/", "/reports/"])
def test_an_empty_house_has_its_pages_too(db, olga, path):
    client = Client()
    client.force_login(olga)
    assert client.get(path).status_code == 200


def test_nobody_gets_in_without_signing_in(db):
    assert Client().get("/").status_code == 302
