"""Transfers under simultaneous hands: two who receive one, two that go crosswise, two that want the same units."""

import uuid

import pytest
from django.db import IntegrityError

from inventory.actions.transfers import book as book_module
from inventory.actions.transfers import count as count_module
from inventory.actions.transfers import end as end_module
from inventory.actions.transfers.book import book_arrival
from inventory.actions.transfers.count import count_arrival
from inventory.actions.transfers.end import recall_transfer
from inventory.actions.transfers.send import send_transfer
from inventory.models import Transfer, TransferScan
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.inventory.buying import incoming
from tests.inventory.moving import loaded, on_the_road
from tests.stories import stock_of
from tests.together import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "transfers")))


def answer(run) -> str:
    try:
        return run().number
    except Refused as refused:
        return refused.code


def twice(key_one: uuid.UUID, key_two: uuid.UUID) -> int:
    make_shop()
    transfer = on_the_road(("MUG", 4))
    at_once(
        *(lambda k=k: count_arrival(transfer.number, code="MUG", key=k, actor="system") for k in (key_one, key_two))
    )
    return sum(TransferScan.objects.values_list("qty", flat=True))


def test_one_scan_sent_twice_at_once_counts_once():
    key = uuid.uuid4()
    assert twice(key, key) == 1


def test_with_two_keys_it_counts_twice():
    """Negative control: it is the key that makes the second one a repetition."""
    assert twice(uuid.uuid4(), uuid.uuid4()) == 2


def test_an_arrival_booked_by_two_people_at_once_is_booked_once():
    make_shop()
    transfer = on_the_road(("MUG", 4), ("KETTLE", 2))
    for sku, qty in (("MUG", 4), ("KETTLE", 2)):
        count_arrival(transfer.number, code=sku, qty=qty, key=uuid.uuid4(), actor="system")
    book = lambda: answer(lambda: book_arrival(transfer.number, actor="system"))  # noqa: E731
    assert sorted(a.startswith("RCV-") for a in at_once(book, book)) == [False, True]
    assert (stock_of("MUG", "delhi").on_hand, incoming("MUG", "delhi")) == (9, 0)
    assert sound()


def test_without_the_lock_of_the_transfer_both_book_the_same_arrival(monkeypatch):
    """Negative control: the second books what the first has in hand, until the database itself throws it out."""
    make_shop()
    transfer = on_the_road(("MUG", 4))
    count_arrival(transfer.number, code="MUG", qty=4, key=uuid.uuid4(), actor="system")
    rows = Transfer.objects.select_related("source", "location")
    monkeypatch.setattr(book_module, "lock_transfer", lambda number: rows.get(number=number))
    again = lambda: book_arrival(transfer.number, actor="system")  # noqa: E731
    with pytest.raises(IntegrityError):
        one_inside_the_other(again, again)
    assert stock_of("MUG", "delhi").on_hand == 9


def recalled_while_booked() -> list:
    """Somebody at the other end books all four mugs in while the sender takes the transfer back; what each came to."""
    make_shop()
    transfer = on_the_road(("MUG", 4))

    def arrive() -> str:
        count_arrival(transfer.number, code="MUG", qty=4, key=uuid.uuid4(), actor="system")
        return book_arrival(transfer.number, actor="system").number

    return one_inside_the_other(
        lambda: recall_transfer(transfer.number, reason="Wrong lorry", actor="system").status, arrive
    )


@pytest.mark.usefixtures("patient_locks")
def test_what_is_recalled_does_not_arrive_too():
    recall, arrival = recalled_while_booked()
    assert (recall, type(arrival)) == ("cancelled", Refused)
    assert (stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand, incoming("MUG", "delhi")) == (10, 5, 0)
    assert sound()


@pytest.mark.usefixtures("patient_locks")
def test_without_the_lock_of_the_transfer_it_is_booked_in_after_its_recall(monkeypatch):
    """Negative control: the arrival believes it is still on the road, until the database itself throws it out."""
    rows = Transfer.objects.select_related("source", "location")
    for module in (book_module, count_module, end_module):
        monkeypatch.setattr(module, "lock_transfer", lambda number: rows.get(number=number))
    with pytest.raises(IntegrityError, match="stock_incoming_not_negative"):
        recalled_while_booked()


def send_both(first: int, second: int) -> list[str]:
    """Two transfers of mugs out of Pune, where 10 lie, at once; what each answered."""
    make_shop()
    drafts = [loaded(("MUG", qty)) for qty in (first, second)]
    return at_once(*(lambda t=t: answer(lambda: send_transfer(t.number, actor="system")) for t in drafts))


def test_two_transfers_never_send_the_same_units():
    answers = send_both(6, 6)
    assert sorted(a == "not_free" for a in answers) == [False, True]
    assert (stock_of("MUG").on_hand, incoming("MUG", "delhi")) == (4, 6)
    assert sound()


def test_two_transfers_that_fit_are_both_sent():
    """Negative control: what refuses the second is the stock, not that they come at once."""
    assert "not_free" not in send_both(6, 4)
    assert (stock_of("MUG").on_hand, incoming("MUG", "delhi")) == (0, 10)


@pytest.mark.usefixtures("patient_locks")
def test_two_transfers_crosswise_never_deadlock():
    make_shop()
    for _ in range(3):
        pair = [loaded(("MUG", 1)), loaded(("MUG", 1), source="delhi", location="pune")]
        at_once(*(lambda t=t: send_transfer(t.number, actor="system") for t in pair))
        for transfer in pair:
            count_arrival(transfer.number, code="MUG", key=uuid.uuid4(), actor="system")
        at_once(*(lambda t=t: book_arrival(t.number, actor="system") for t in pair))
    assert (stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand) == (10, 5)
    assert not Transfer.objects.on_the_road().exists()
    assert sound()
