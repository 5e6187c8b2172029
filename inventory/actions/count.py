"""Set right what the books say by what somebody counted."""

from typing import Any

from django.db import transaction

from inventory.actions.adjust import adjust_stock, find
from inventory.ledger import lock_levels
from inventory.models import Allocation, Location, Product, StockLevel, StockMovement
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import are, plural

NAMED = 6  # orders in a refusal


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
    delta = counted - on_hand
    if delta < 0 and (refusal := _promised(product, place, -delta)):
        raise Refused.because([refusal])
    if delta:
        adjust_stock(sku, location=location, delta=delta, source=source, reason=reason, actor=actor)
    return delta


def _promised(product: Product, place: Location, missing: int) -> Refusal | None:
    """Why `missing` units cannot leave the books: orders were promised some of them. Names the latest of these orders."""
    over = missing - StockLevel.objects.get(product=product, location=place).available
    if over <= 0:
        return None
    named: list[str] = []
    units = 0
    for held in Allocation.objects.filter(product=product, location=place).order_by("-created_at", "-pk"):
        if units >= over or len(named) == NAMED:
            break
        named.append(f"{held.order_number} ({held.qty})")
        units += held.qty
    if not named:
        return None  # units in doubt or damaged, not promised: the ledger says what is wrong
    return Refusal(
        "stock_promised",
        f"{over} of the {plural(missing, 'unit')} you miss {are(over)} promised to orders, latest to {', '.join(named)}. Cancel or change "
        "those orders, or report the units short when they are picked; then count again.",
    )
