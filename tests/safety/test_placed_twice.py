"""The same order told twice is one order: at the API, from two callers at once, and after a crash before the answer."""

import pytest

from inventory.models import Allocation
from oms.intake.models import IdempotencyKey
from orders.actions.capture import capture_orders
from orders.models import Channel, Order
from tests.api.test_orders_api import body, issue, post
from tests.conftest import make_shop
from tests.stories import Stock, draft, stock_of
from tests.together import at_once

BUYERS = 8


def many(act) -> list:
    """Run `act(i)` for every buyer at once."""
    return at_once(*(lambda i=i: act(i) for i in range(BUYERS)))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_same_order_captured_by_many_at_once_is_one_order():
    make_shop()
    channel, same = Channel.objects.get(), draft(("MUG", 1), external_id="twice")
    outcomes = many(lambda i: capture_orders([same], channel=channel, actor="system")[0].outcome)
    assert (outcomes.count("created"), Order.objects.count()) == (1, 1)
    assert stock_of("MUG") == Stock(on_hand=10, reserved=1)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_negative_control_each_with_its_own_id_is_its_own_order():
    make_shop()
    channel = Channel.objects.get()
    many(lambda i: capture_orders([draft(("MUG", 1), external_id=f"own-{i}")], channel=channel, actor="system"))
    assert (Order.objects.count(), Allocation.objects.count()) == (BUYERS, BUYERS)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_one_request_pressed_many_times_is_one_order_and_one_answer():
    make_shop()
    key, payload = issue(), body()
    answers = many(lambda i: post(key, payload, idempotency="pressed"))
    assert Order.objects.count() == 1
    assert {a.status_code for a in answers} <= {201, 409}  # 409: the first is still being worked on
    assert post(key, payload, idempotency="pressed").json()["number"] == Order.objects.get().number


def test_a_replay_after_its_key_was_forgotten_is_still_one_order(shop):
    key, payload = issue(), body()
    first = post(key, payload).json()["number"]
    IdempotencyKey.objects.all().delete()
    again = post(key, payload)
    assert (again.json()["number"], Order.objects.count()) == (first, 1)


def test_a_nul_in_the_json_is_answered_and_stores_nothing_broken(shop):
    answer = post(issue(), body(customer_name="a\0b", note="\0"))
    assert answer.status_code in (201, 422)
    assert Order.objects.count() == (answer.status_code == 201)
