"""Post what a stocktake found: each difference by itself, so that no shelf is held longer than one posting takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from inventory.actions.count import post_difference
from inventory.actions.stocktakes._move import forget_fault, move_stocktake
from inventory.actions.stocktakes._sum import keep_figures, note_settled
from inventory.locks import lock_stocktake
from inventory.models import (
    MovementKind,
    StockMovement,
    Stocktake,
    StocktakeLine,
    StocktakeOutcome,
    StocktakePosting,
)
from inventory.shelves import Work, lock_shelves, work_on
from inventory.states import StocktakeStatus
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.nudge import nudge_on_commit
from oms.kernel.plural import plural

# The move that is open as long as somebody may go on posting. What a worker posts nobody else ends: only the worker may leave
# that state, or its row would be left with a stocktake that it can neither post nor give back.
BY_HAND, BY_WORKER = "begin_posting", "post"
AT_ONCE = 100  # differences that somebody waits for on the page: a second or two


@dataclass(frozen=True)
class Posted:
    """How many SKUs agreed, were posted, wait for a second person, and could not be posted now."""

    agreed: int
    posted: int
    waits: int
    left: int


def post_stocktake(number: str, *, actor: Any, at_once: int | None = None) -> Posted | None:
    """Post every difference by the rules of a count, and end the stocktake when none is left.

    What cannot be posted keeps the reason on its line, and the stocktake stays in review: count that SKU again, leave it
    uncounted, or clear the way and post once more. What is posted stays posted; each SKU is posted once.

    None when there are more than `at_once` (else `AT_ONCE`): a worker posts them (posting.py), and meanwhile nothing else is
    done with it. Refuses, too, when somebody else asks a worker while these are being posted: the worker goes on with them.
    """
    lines = _begin(number, actor, AT_ONCE if at_once is None else at_once)
    if lines is None:
        return None
    for _ in post_lines(number, lines, actor=actor, move=BY_HAND):
        pass
    return end_posting(number, actor=actor, move=BY_HAND)


def open_differences(number: str) -> list[int]:
    """The ids of the lines that are still to be posted, in the order of the stock rows."""
    lines = StocktakeLine.objects.filter(stocktake__number=number, counted__isnull=False, outcome="", is_moved=False)
    return list(lines.order_by("product_id").values_list("pk", flat=True))


def post_lines(number: str, lines: Iterable[int], *, actor: Any, move: str) -> Iterator[int]:
    """Post line by line, each in a transaction of its own; yields each that is through, refused ones included.

    Refuses once `move` (`BY_HAND` or `BY_WORKER`) is closed, as when somebody counts on meanwhile: the rest of it waits.
    """
    for pk in lines:
        try:
            retrying()(_post_line)(number, pk, actor, move)
        except Refused as refused:
            require(Stocktake.objects.get(number=number), move)
            StocktakeLine.objects.filter(pk=pk).update(refusal=refused.message[:500])
        yield pk


@transaction.atomic
def end_posting(number: str, *, actor: Any, move: str) -> Posted:
    """Post the stocktake as a whole when nothing of it is left; what is left is reviewed. Refuses when `move` is closed."""
    stocktake = lock_stocktake(number)
    require(stocktake, move)
    found = _figures(stocktake)
    facts = {"agreed": found.agreed, "posted": found.posted, "waits": found.waits}
    if not found.left:
        stocktake.ended_at = now()
        move_stocktake(stocktake, "post", event="inventory.stocktake_posted", actor=actor, **facts)
    elif stocktake.status == StocktakeStatus.POSTING:
        left = facts | {"left": found.left}
        move_stocktake(stocktake, "leave_rest", event="inventory.stocktake_left", actor=actor, **left)
    return found


@transaction.atomic
def _begin(number: str, actor: Any, at_once: int) -> list[int] | None:
    """Settle what agrees with the books; returns the lines that do not, or None when a worker was asked to post them."""
    stocktake = lock_stocktake(number)
    require(stocktake, "begin_posting")
    forget_fault(stocktake)
    agreeing = stocktake.lines.filter(counted=F("shelf"), outcome="", is_moved=False)
    agreeing.update(outcome=StocktakeOutcome.AGREED, refusal="")
    keep_figures(stocktake)
    lines = open_differences(number)
    if len(lines) <= at_once:
        return lines
    who = as_actor(actor)
    StocktakePosting.objects.create(
        stocktake=stocktake, total=len(lines), actor_kind=who.kind, actor_name=who.name[:80], by_id=who.user_id,
        asked_at=now(),
    )  # fmt: skip
    move_stocktake(stocktake, "begin_posting", event="inventory.stocktake_posting", actor=actor, lines=len(lines))
    nudge_on_commit("inventory.tasks.post_stocktakes")
    return None


@transaction.atomic
def _post_line(number: str, pk: int, actor: Any, move: str) -> None:
    stocktake = lock_stocktake(number)
    require(stocktake, move)  # somebody may have counted on meanwhile
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
    note_settled(stocktake)


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


def _figures(stocktake: Stocktake) -> Posted:
    outcomes = list(stocktake.lines.filter(counted__isnull=False).values_list("outcome", flat=True))
    return Posted(*(outcomes.count(o) for o in (*StocktakeOutcome.values, "")))
