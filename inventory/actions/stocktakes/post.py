"""Post what a stocktake found: each difference by itself, so that no shelf is held longer than one posting takes."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from inventory.actions.count import post_difference
from inventory.actions.stocktakes._move import move_stocktake
from inventory.actions.stocktakes._sum import keep_figures
from inventory.locks import lock_stocktake
from inventory.models import MovementKind, StockMovement, Stocktake, StocktakeLine, StocktakeOutcome
from inventory.shelves import Work, lock_shelves, work_on
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.plural import plural


@dataclass(frozen=True)
class Posted:
    """How many SKUs agreed, were posted, wait for a second person, and could not be posted now."""

    agreed: int
    posted: int
    waits: int
    left: int


def post_stocktake(number: str, *, actor: Any) -> Posted:
    """Post every difference by the rules of a count, and end the stocktake when none is left.

    What cannot be posted keeps the reason on its line, and the stocktake stays in review: count that SKU again, leave it
    uncounted, or clear the way and post once more. What is posted stays posted; each SKU is posted once.
    """
    for pk in _agree(number):
        try:
            retrying()(_post_line)(number, pk, actor)
        except Refused as refused:
            StocktakeLine.objects.filter(pk=pk).update(refusal=refused.message[:500])
    return _end(number, actor)


@transaction.atomic
def _agree(number: str) -> list[int]:
    """Settle what agrees with the books; returns the ids of the lines that do not, in the order of the stock rows."""
    stocktake = lock_stocktake(number)
    require(stocktake, "post")
    open_lines = stocktake.lines.filter(counted__isnull=False, outcome="", is_moved=False)
    open_lines.filter(counted=F("shelf")).update(outcome=StocktakeOutcome.AGREED, refusal="")
    keep_figures(stocktake)
    return list(open_lines.order_by("product_id").values_list("pk", flat=True))


@transaction.atomic
def _post_line(number: str, pk: int, actor: Any) -> None:
    stocktake = lock_stocktake(number)
    require(stocktake, "post")  # somebody may have counted on meanwhile
    line = stocktake.lines.select_related("product", "stocktake").get(pk=pk)
    if line.outcome or line.counted is None or line.shelf is None or line.is_moved:
        return
    lock_shelves([line.product_id], stocktake.location_id)
    if corrected_since(line):
        raise Refused("corrected_since", "The books were corrected there after it was counted. Count this SKU again.")
    doubted = work_on([line.product_id], stocktake.location_id).get(line.product_id, Work()).doubted
    if doubted:
        raise Refused(
            "in_doubt",
            f"{plural(doubted, 'unit')} of it {'is' if doubted == 1 else 'are'} in doubt since a short pick. Answer that under "
            "Pick, Shelves to count; then count this SKU again.",
        )
    done = post_difference(
        line.product, stocktake.location, expected=line.shelf, counted=line.counted, source=f"{number}:{line.product_id}",
        reason=f"{number} {stocktake.note}".strip(), actor=actor,
    )  # fmt: skip
    line.outcome, line.refusal = StocktakeOutcome.WAITS if done.waits else StocktakeOutcome.POSTED, ""
    line.save(update_fields=["outcome", "refusal"])
    keep_figures(stocktake)


def corrected_since(line: StocktakeLine) -> bool:
    """Whether somebody else corrected the books after this count: its difference may be in them already.

    What came and what left since is no matter, for the difference is posted and not the figure.
    """
    rows = StockMovement.objects.filter(
        product=line.product_id,
        location=line.stocktake.location_id,
        kind=MovementKind.ADJUSTMENT,
        at__gt=line.counted_at,
    )
    return rows.exclude(on_hand=0).exists()


@transaction.atomic
def _end(number: str, actor: Any) -> Posted:
    stocktake = lock_stocktake(number)
    found = _figures(stocktake)
    if not found.left:
        stocktake.ended_at = now()
        move_stocktake(
            stocktake, "post", event="inventory.stocktake_posted", actor=actor, agreed=found.agreed, posted=found.posted,
            waits=found.waits,
        )  # fmt: skip
    return found


def _figures(stocktake: Stocktake) -> Posted:
    outcomes = list(stocktake.lines.filter(counted__isnull=False).values_list("outcome", flat=True))
    return Posted(*(outcomes.count(o) for o in (*StocktakeOutcome.values, "")))
