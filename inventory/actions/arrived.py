"""Receive in one go what another system has counted: everything of it is booked in, or nothing."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from inventory.actions.arriving import nothing_counted
from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery
from inventory.actions.transfers.book import book_arrival
from inventory.actions.transfers.count import count_arrival
from inventory.locks import lock_purchase, lock_transfer
from inventory.models import Receipt, ReceiptVerdict, TransferReceipt
from oms.kernel.errors import Refusal, Refused


@transaction.atomic
def receive_purchase(number: str, *, units: Mapping[str, int], actor: Any, **booked: Any) -> Receipt:
    """Count and book `units` {SKU or barcode: units} of a purchase order; `booked` as book_delivery has it.

    Refuses what is not on the order, naming each, and while somebody counts a delivery of it by hand.
    """
    nothing_counted(lock_purchase(number))
    _count(count_delivery, number, units, actor)
    return book_delivery(number, actor=actor, **booked)


@transaction.atomic
def receive_transfer(number: str, *, units: Mapping[str, int], actor: Any, **booked: Any) -> TransferReceipt:
    """The same for the arrival of a transfer; `booked` as book_arrival has it."""
    nothing_counted(lock_transfer(number))
    _count(count_arrival, number, units, actor)
    return book_arrival(number, actor=actor, **booked)


def _count(count: Callable[..., str], number: str, units: Mapping[str, int], actor: Any) -> None:
    wrong = [
        Refusal("not_on_document", f"{code} is not on {number}.")
        for code, qty in units.items()
        if count(number, code=code, qty=qty, key=uuid.uuid4(), actor=actor) == ReceiptVerdict.WRONG
    ]
    if wrong:
        raise Refused.because(wrong)
