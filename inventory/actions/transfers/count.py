"""Count the arrival of a transfer scan by scan. Nothing of it is stock before it is booked in."""

from typing import Any
from uuid import UUID

from django.db import transaction

from inventory.actions.arriving import count_into, undo_last
from inventory.locks import lock_transfer
from inventory.models import TransferScan


@transaction.atomic
def count_arrival(number: str, *, code: str, key: UUID, actor: Any, qty: int = 1) -> str:
    """Count `qty` units of `code` (barcode or SKU); answer ok, complete, over or wrong.

    Sent again with the same `key` it counts nothing and answers the same. What is not on it counts nothing.
    """
    return count_into(lock_transfer(number), code=code, key=key, qty=qty, actor=actor)


@transaction.atomic
def undo_arrival(number: str, *, actor: Any) -> TransferScan:
    """Take back what was counted last. Refuses when nothing is counted."""
    return undo_last(lock_transfer(number))
