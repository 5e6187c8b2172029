"""Say below how many available units somebody should reorder."""

from typing import Any

from django.db import transaction

from inventory.actions.adjust import find, say
from inventory.ledger import lock_levels
from inventory.models import StockLevel
from oms.kernel.errors import Refused


@transaction.atomic
def set_safety_stock(sku: str, *, location: str, qty: int, actor: Any) -> int:
    """Set the safety stock of `sku` at `location`; returns what it was."""
    if qty < 0:
        raise Refused("qty_negative", "Enter the safety stock: zero or more units.")
    product, place = find(sku, location)
    lock_levels([(product.pk, place.pk)], make=True)
    level = StockLevel.objects.get(product=product, location=place)
    before, level.safety_stock = level.safety_stock, qty
    if before != qty:
        level.save(update_fields=["safety_stock"])
        say("inventory.safety_set", product, place, actor=actor, qty=qty, before=before)
    return before
