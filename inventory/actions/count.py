"""Set right what the books say by what somebody counted."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.actions.adjust import adjust_stock, find, say
from inventory.ledger import lock_levels
from inventory.models import Allocation, Location, Product, StockCount, StockLevel, StockMovement
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import are, plural

NAMED = 6  # orders in a refusal


@dataclass(frozen=True)
class Counted:
    """What a count differs from the books by, in units (0: it agrees), and whether a second person is to approve that."""

    delta: int
    waits: bool = False


@transaction.atomic
def count_stock(
    sku: str, *, location: str, counted: int, source: str, reason: str, actor: Any, seen: int | None = None
) -> Counted | None:
    """Post the difference between `counted` and what is on hand; None for a replay.

    A difference above the limit of the place, counted by a person, waits for a second one (actions/decide_count.py), and
    no other count of the SKU there is taken before it is decided on.

    `seen` is the on-hand figure the counter had before them: when stock moved in between, the count says nothing
    about now, and it is refused rather than posted over what somebody else just did.
    """
    if counted < 0:
        raise Refused("count_negative", "Enter how many units you count: zero or more.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why you counted; the ledger keeps it.")
    product, place = find(sku, location)
    on_hand = lock_levels([(product.pk, place.pk)], make=True)[product.pk, place.pk]
    if _is_known(source, product, place):
        return None
    if seen is not None and seen != on_hand:
        raise Refused(
            "stock_moved",
            f"{place} had {seen} on hand when you opened this page and has {on_hand} now. Count again what is there.",
        )
    return post_difference(product, place, expected=on_hand, counted=counted, source=source, reason=reason, actor=actor)


def post_difference(
    product: Product, place: Location, *, expected: int, counted: int, source: str, reason: str, actor: Any
) -> Counted:
    """Let the books, whose level is locked, gain or lose what `counted` differs from `expected`, once for each `source`.

    What moved since it was counted stays as it is: the difference is posted, not the figure.
    """
    if waits := _waiting(product, place):
        raise Refused(
            "count_waits",
            f"{waits.counted_by.display_name} counted {waits.counted} there, and a second person is to approve it. Approve or "
            "withdraw that count first.",
        )
    delta = counted - expected
    require_unpromised(product, place, -delta)
    who = as_actor(actor)
    if who.user_id and place.count_limit is not None and abs(delta) > place.count_limit:
        StockCount.objects.create(
            source=source, product=product, location=place, expected=expected, counted=counted, reason=reason[:200],
            counted_by_id=who.user_id, counted_at=now(),
        )  # fmt: skip
        say("inventory.count_waits", product, place, actor=actor, qty=delta, source=source, reason=reason)
        return Counted(delta, waits=True)
    if delta:
        adjust_stock(product.sku, location=place.code, delta=delta, source=source, reason=reason, actor=actor)
    return Counted(delta)


def require_unpromised(product: Product, place: Location, missing: int) -> None:
    """Refuse that `missing` units leave the books of a locked level when orders were promised some of them."""
    if missing > 0 and (refusal := _promised(product, place, missing)):
        raise Refused.because([refusal])


def _is_known(source: str, product: Product, place: Location) -> bool:
    """Whether this very count was posted, or waits."""
    waits = _waiting(product, place)
    if waits and waits.source == source:
        return True
    return StockMovement.objects.filter(source=source, product=product, location=place).exists()


def _waiting(product: Product, place: Location) -> StockCount | None:
    rows = StockCount.objects.waiting().filter(product=product, location=place)
    return rows.select_related("counted_by").first()


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
