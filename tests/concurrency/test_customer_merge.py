"""An order comes in for a customer while they become part of another one: it is neither lost nor left with the one that is gone."""

import pytest

import orders.actions.capture as capturing
import orders.actions.customer_merge as merging
import orders.capture.known as known
from orders.actions.capture import capture_orders
from orders.models import Channel, Customer, Order
from tests.conftest import make_shop, person
from tests.stories import draft, placed
from tests.together import Meeting, at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def story(monkeypatch) -> tuple[set[str], bool]:
    """(whose the orders are in the end, whether both were in the middle of it together)."""
    make_shop()
    olga = person("olga", "owner")
    kept = placed(("MUG", 1), email="kept@example.test").customer
    gone = placed(("MUG", 1), email="gone@example.test").customer
    meet, came = Meeting(2), []
    read, finish = capturing.read_known, merging._put_records_together

    def read_together(*args, **kwargs):
        found = read(*args, **kwargs)
        came.append(meet.attend())
        return found

    def finish_together(*args, **kwargs):
        finish(*args, **kwargs)
        came.append(meet.attend())

    monkeypatch.setattr(capturing, "read_known", read_together)
    monkeypatch.setattr(merging, "_put_records_together", finish_together)
    web, late = Channel.objects.get(code="web"), draft(("MUG", 2), email="gone@example.test")
    at_once(
        lambda: capture_orders([late], channel=web, actor="system"),
        lambda: merging.merge_customers(kept.pk, gone.pk, choice={}, reason="The same", actor=olga),
    )
    assert Order.objects.count() == 3
    assert Customer.objects.count() == 2
    return set(Order.objects.values_list("customer__email", flat=True)), all(came)


def test_an_order_that_comes_in_meanwhile_is_the_customers_who_stays(monkeypatch):
    assert story(monkeypatch) == ({"kept@example.test"}, False)


def test_without_the_lock_of_the_capture_it_is_left_with_the_one_that_is_gone(monkeypatch):
    """Negative control: the order has read whose it is before the merge, and is stored after the merge looked for orders."""
    monkeypatch.setattr(known, "READ", known.READ.replace("FOR KEY SHARE OF c", ""))
    assert story(monkeypatch) == ({"kept@example.test", "gone@example.test"}, True)
