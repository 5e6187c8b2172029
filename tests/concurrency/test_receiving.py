"""Deliveries under simultaneous hands: the same scan, the same booking, and what `incoming` says afterwards."""

import uuid

import pytest
from django.db import IntegrityError

from inventory.actions.purchases import book
from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery
from inventory.models import PurchaseOrder, ReceiptScan
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.inventory.buying import incoming, sent
from tests.stories import stock_of
from tests.together import at_once

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


@pytest.mark.usefixtures("patient_locks")
def test_two_orders_for_the_same_skus_crosswise_never_deadlock():
    make_shop()
    orders = [sent(("LAMP", 4), ("MUG", 4)), sent(("MUG", 4), ("LAMP", 4))]
    for purchase in orders:
        for sku in ("LAMP", "MUG"):
            count_delivery(purchase.number, code=sku, qty=4, key=uuid.uuid4(), actor="system")
    at_once(*(lambda p=p: book_delivery(p.number, actor="system") for p in orders))
    assert (stock_of("LAMP").on_hand, stock_of("MUG").on_hand) == (8, 18)
    assert not PurchaseOrder.objects.coming().exists()
    assert sound()
