"""Set right what the books say by what somebody counted."""

from typing import Any

from django.db import transaction

from inventory.actions.adjust import adjust_stock, find
from inventory.ledger import lock_levels
from inventory.models import StockMovement
from oms.kernel.errors import Refused


@transaction.atomic
def count_stock(
    sku: str, *, location: str, counted: int, source: str, reason: str, actor: Any, seen: int | None = None
) -> int | None:
    """Post the difference between `counted` and what is on hand; return it (0: the count agrees), None for a replay.

    `seen` is the on-hand figure the counter had before them: when stock moved in between, the count says nothing
    about now, and it is refused rather than posted over what somebody else just did.
    """
    if counted < 0:
        raise Refused("count_negative", "Enter how many units you count: zero or more.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why you counted; the ledger keeps it.")
    product, place = find(sku, location)
    on_hand = lock_levels([(product.pk, place.pk)], make=True)[product.pk, place.pk]
    if StockMovement.objects.filter(source=source, product=product, location=place).exists():
        return None
    if seen is not None and seen != on_hand:
        raise Refused(
            "stock_moved",
            f"{place} had {seen} on hand when you opened this page and has {on_hand} now. Count again what is there.",
        )
    if delta := counted - on_hand:
        adjust_stock(sku, location=location, delta=delta, source=source, reason=reason, actor=actor)
    return delta
