"""Deliveries under simultaneous hands: the same scan, the same booking, and what `incoming` says afterwards."""

import uuid

import pytest
from django.db import IntegrityError, OperationalError

from inventory.actions import arriving
from inventory.actions.purchases import book
from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery
from inventory.models import PurchaseOrder, ReceiptScan
from oms.kernel.db import sqlstate
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.inventory.buying import incoming, sent
from tests.stories import stock_of
from tests.together import Meeting, at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "purchases")))


def twice(key_one: uuid.UUID, key_two: uuid.UUID) -> int:
    make_shop()
    purchase = sent(("LAMP", 10))
    at_once(
        *(lambda k=k: count_delivery(purchase.number, code="LAMP", key=k, actor="system") for k in (key_one, key_two))
    )
    return sum(ReceiptScan.objects.values_list("qty", flat=True))


def test_one_scan_sent_twice_at_once_counts_once():
    key = uuid.uuid4()
    assert twice(key, key) == 1


def test_with_two_keys_it_counts_twice():
    """Negative control: it is the key that makes the second one a repetition."""
    assert twice(uuid.uuid4(), uuid.uuid4()) == 2


def test_a_delivery_booked_by_two_people_at_once_is_booked_once():
    make_shop()
    purchase = sent(("LAMP", 10), ("MUG", 5))
    for sku, qty in (("LAMP", 10), ("MUG", 5)):
        count_delivery(purchase.number, code=sku, qty=qty, key=uuid.uuid4(), actor="system")

    def book() -> str:
        try:
            return book_delivery(purchase.number, actor="system").number
        except Refused as refused:
            return refused.code

    answers = at_once(book, book)
    assert sorted(a.startswith("RCV-") for a in answers) == [False, True]
    assert (stock_of("LAMP").on_hand, incoming("LAMP"), stock_of("MUG").on_hand) == (10, 0, 15)
    assert sound()


def test_without_the_lock_of_the_order_both_book_the_same_delivery(monkeypatch):
    """Negative control: the second books what the first has in hand, until the database itself throws it out."""
    make_shop()
    purchase = sent(("LAMP", 10))
    count_delivery(purchase.number, code="LAMP", qty=10, key=uuid.uuid4(), actor="system")
    rows = PurchaseOrder.objects.select_related("supplier", "location")
    monkeypatch.setattr(book, "lock_purchase", lambda number: rows.get(number=number))
    again = lambda: book_delivery(purchase.number, actor="system")  # noqa: E731
    with pytest.raises(IntegrityError):
        one_inside_the_other(again, again)
    assert stock_of("LAMP").on_hand == 10


def crosswise(monkeypatch) -> list[str]:
    """Two last deliveries meet after their units are posted: one brought only lamps, one only mugs, and each still takes off
    what is incoming of the other's. What each came to: done, or the code of the database."""
    make_shop()
    orders = [sent(("LAMP", 4), ("MUG", 4)), sent(("MUG", 4), ("LAMP", 4))]
    for purchase, sku in zip(orders, ("LAMP", "MUG"), strict=True):
        count_delivery(purchase.number, code=sku, qty=4, key=uuid.uuid4(), actor="system")
    meet, post = Meeting(2), arriving.post

    def post_and_wait(*args, **kwargs):
        post(*args, **kwargs)
        meet.attend()

    monkeypatch.setattr(arriving, "post", post_and_wait)

    def book(number: str) -> str:
        try:
            book_delivery(number, actor="system", reason="No more comes", is_last=True)
            return "done"
        except OperationalError as error:
            return sqlstate(error)

    return at_once(*(lambda p=p: book(p.number) for p in orders))


@pytest.mark.usefixtures("patient_locks")
def test_two_orders_for_the_same_skus_crosswise_never_deadlock(monkeypatch):
    assert crosswise(monkeypatch) == ["done", "done"]
    assert (stock_of("LAMP").on_hand, stock_of("MUG").on_hand) == (4, 14)
    assert (incoming("LAMP"), incoming("MUG"), PurchaseOrder.objects.coming().exists()) == (0, 0, False)
    assert sound()


@pytest.mark.usefixtures("patient_locks")
def test_negative_control_locked_statement_by_statement_they_do(monkeypatch):
    monkeypatch.setattr(arriving, "lock_levels", lambda *args, **kwargs: {})
    assert sorted(crosswise(monkeypatch)) == ["40P01", "done"]
