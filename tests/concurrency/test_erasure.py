"""A file is being imported while a customer it speaks of is erased: what was read of them is not stored afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import orders.imports.apply as applying
import orders.imports.batches as batches
from orders.actions.cancel import cancel_order
from orders.actions.erase import erase_customer
from orders.imports.batches import ask, run_due, start_batch
from orders.models import Customer, ImportBatch, ImportGoal, Order
from tests.concurrency.overlap import ended_or_blocked
from tests.conftest import make_shop, person
from tests.orders.imports.rows import HEADER, row
from tests.stories import placed
from tests.together import PATIENCE

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
MAIL = "q-2@example.test"  # of the second row


def waiting_import() -> tuple[ImportBatch, Callable[[], Any]]:
    """(an import of two orders that somebody asked for, the erasure of the customer of its second one)."""
    make_shop()
    olga = person("olga", "owner")
    customer = cancel_order(placed(("MUG", 1), email=MAIL, phone="").number, reason="other", actor=olga).customer
    file = "\n".join((HEADER, row("Q-1"), row("Q-2", name="Quilla"))).encode()
    batch = start_batch([("orders.csv", file)], channel_code="web", format_key="csv", actor=olga)
    run_due()
    ask(batch.number, ImportGoal.IMPORT)
    return batch, lambda: erase_customer(customer.pk, reason="Asked", actor=olga)


def emails() -> set[str]:
    return set(Order.objects.exclude(email="").values_list("email", flat=True))


def erased_after_reading(monkeypatch) -> ImportBatch:
    """The whole erasure happens when the worker has read the file and stored nothing yet."""
    batch, erase = waiting_import()
    read = applying._read

    def read_and_erase(*args, **kwargs):
        found = read(*args, **kwargs)
        erase()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(applying, "_read", read_and_erase)
        run_due()
    batch.refresh_from_db()
    return batch


def test_what_was_read_before_an_erasure_is_not_stored_and_the_rest_comes_with_the_next_run(monkeypatch):
    batch = erased_after_reading(monkeypatch)
    assert emails() == set()
    assert "was erased from the files while they were being read" in batch.error
    ask(batch.number, ImportGoal.IMPORT)
    run_due()
    assert emails() == {"q-1@example.test"}
    assert not Customer.objects.filter(email=MAIL).exists()


def erased_while_storing(monkeypatch) -> Any:
    """What becomes of an erasure that begins when a part is about to be stored, in the transaction that stores it."""
    _, erase = waiting_import()
    capture, begun = applying.capture_orders, []

    def erase_and_capture(*args, **kwargs):
        begun.append(ended_or_blocked(pool, erase))
        return capture(*args, **kwargs)

    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patch:
        patch.setattr(applying, "capture_orders", erase_and_capture)
        run_due()
        return begun[0].result(PATIENCE)


def test_an_erasure_waits_for_the_part_that_is_being_stored_and_then_finds_its_order_open(monkeypatch, patient_locks):
    assert "still open" in str(erased_while_storing(monkeypatch))
    assert MAIL in emails() and Customer.objects.filter(email=MAIL).count() == 1


def test_without_holding_the_import_an_erased_customer_is_back(monkeypatch, patient_locks):
    """Negative control: the worker stores what it read, whatever happened since."""
    monkeypatch.setattr(batches, "hold_import", lambda batch: None)
    assert erased_while_storing(monkeypatch).orders == 1
    assert MAIL in emails()


def test_without_looking_again_what_was_read_before_an_erasure_is_stored(monkeypatch):
    """Negative control."""
    monkeypatch.setattr(batches, "hold_import", lambda batch: None)
    erased_after_reading(monkeypatch)
    assert MAIL in emails()
