"""Count a delivery scan by scan. Nothing of it is stock before it is booked in."""

from typing import Any
from uuid import UUID

from django.db import transaction

from inventory.actions.arriving import count_into, undo_last
from inventory.locks import lock_purchase
from inventory.models import ReceiptScan, SupplierItem


@transaction.atomic
def count_delivery(number: str, *, code: str, key: UUID, actor: Any, qty: int = 1) -> str:
    """Count `qty` units of `code` (barcode, SKU or the supplier's code); answer ok, complete, over or wrong.

    Sent again with the same `key` it counts nothing and answers the same. What is not on the order counts nothing.
    Refuses only when nothing can arrive now, or nothing was scanned.
    """
    purchase = lock_purchase(number)
    theirs = SupplierItem.objects.filter(supplier=purchase.supplier_id, code__iexact=code.replace("\x00", "").strip())
    also = set(theirs.values_list("product_id", flat=True))
    return count_into(purchase, code=code, key=key, qty=qty, actor=actor, also=also)


@transaction.atomic
def undo_count(number: str, *, actor: Any) -> ReceiptScan:
    """Take back what was counted last. Refuses when nothing is counted."""
    return undo_last(lock_purchase(number))
