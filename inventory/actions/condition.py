"""Say that units which lie on a shelf are in another condition: put aside, found damaged, fit after all, thrown away."""

from typing import Any

from django.db import models, transaction

from inventory.actions.adjust import find, say
from inventory.ledger import Posting, lock_levels, post
from inventory.models import Location, MovementKind, Product, StockLevel, StockMovement
from oms.kernel.errors import Refused
from oms.kernel.plural import are


class Condition(models.TextChoices):
    SELLABLE = "sellable", "fit for sale"
    QUARANTINED = "quarantined", "in quarantine, to be looked at"
    DAMAGED = "damaged", "damaged"
    SCRAPPED = "scrapped", "thrown away"


KINDS = {
    Condition.SELLABLE: MovementKind.RESTOCK, Condition.QUARANTINED: MovementKind.ADJUSTMENT,
    Condition.DAMAGED: MovementKind.DAMAGE, Condition.SCRAPPED: MovementKind.SCRAP,
}  # fmt: skip


@transaction.atomic
def change_condition(
    sku: str, *, location: str, qty: int, was: str, becomes: str, source: str, reason: str, actor: Any
) -> int:
    """Move `qty` units at `location` (code) from one condition to another (values of Condition); thrown away they leave
    the books, and nothing comes back from there. Returns 1 when it was new, 0 for a replay.

    Refuses without a reason, and when so many are not in that condition; units promised to orders are not free to move.
    """
    if qty <= 0:
        raise Refused("qty_not_positive", "Enter how many units: a whole number above zero.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why; the ledger keeps it.")
    before, after = Condition(was), Condition(becomes)
    if before == after or before == Condition.SCRAPPED:
        raise Refused("no_change", "Choose what they were and what they are now; the two differ.")
    product, place = find(sku, location)
    _require_there(product, place, before, qty, source)

    def change(condition: Condition) -> int:
        return qty * ((after == condition) - (before == condition))

    gone = -qty if after == Condition.SCRAPPED else 0
    posting = Posting(
        product.pk, place.pk, gone, quarantined=change(Condition.QUARANTINED), damaged=change(Condition.DAMAGED)
    )
    new = post([posting], kind=KINDS[after], source=source, actor=actor, reason=reason)
    if new:
        # Sellable again is as good as received: waiting orders are served.
        name = "inventory.received" if after == Condition.SELLABLE else "inventory.adjusted"
        say(name, product, place, actor=actor, qty=gone or qty, source=source, reason=reason)
    return new


def _require_there(product: Product, place: Location, condition: Condition, qty: int, source: str) -> None:
    """Refuse more than are in that condition, saying how many are; a replay of `source` is none of that."""
    lock_levels([(product.pk, place.pk)])
    level = StockLevel.objects.filter(product=product, location=place).first() or StockLevel(available=0)
    there = {
        Condition.SELLABLE: max(level.available, 0), Condition.QUARANTINED: level.quarantined, Condition.DAMAGED: level.damaged,
    }[condition]  # fmt: skip
    known = StockMovement.objects.filter(source=source, product=product, location=place)
    if qty > there and not known.exists():
        free = " and not promised to orders" if condition == Condition.SELLABLE else ""
        raise Refused(
            "not_in_condition",
            f"Of {product.sku} at {place}, {there} {are(there)} {condition.label}{free}; you entered {qty}.",
        )
