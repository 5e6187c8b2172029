"""The only writer of what the scans of a line add up to."""

from collections.abc import Collection, Mapping
from datetime import datetime

from inventory.models import MovementKind, StockMovement, Stocktake, StocktakeLine, StocktakeScan, StocktakeVerdict
from oms.kernel.clock import now
from oms.kernel.db import update_rows

# A dispatch takes off the hand what was off the shelf already: where people count, nothing moves with it.
ELSEWHERE = (MovementKind.ISSUE, MovementKind.UNISSUE)


def sum_up(line: StocktakeLine) -> None:
    """Keep what the scans of `line` that stand add up to; its stocktake is locked."""
    scans = list(line.scans.filter(undone_at__isnull=True).order_by("at", "pk"))
    if scans:
        line.counted, line.shelf, line.counted_at = sum(s.qty for s in scans), scans[0].shelf, scans[-1].at
        line.is_moved = _moved(line, scans)
    else:
        line.counted, line.shelf, line.counted_at, line.is_moved = None, None, None, False
    line.refusal = ""
    line.save(update_fields=["counted", "shelf", "counted_at", "is_moved", "refusal"])


def sum_up_none(
    stocktake: Stocktake, lines: Collection[StocktakeLine], shelves: Mapping[int, int], at: datetime
) -> None:
    """The same for lines whose only scan says that nothing is there, however many: their stock rows are locked meanwhile."""
    moved = _posted(stocktake, [line.product_id for line in lines], stocktake.created_at, at)
    update_rows(
        StocktakeLine,
        ("counted", "shelf", "counted_at", "is_moved", "refusal"),
        [
            (x.pk, 0, shelves[x.product_id], at, shelves[x.product_id] > x.shelf_opened or x.product_id in moved, "")
            for x in lines
        ],
    )


def drop_count(line: StocktakeLine) -> None:
    """Take every scan of `line` out: it is not counted."""
    line.scans.filter(undone_at__isnull=True).update(undone_at=now())
    sum_up(line)


def keep_figures(stocktake: Stocktake) -> None:
    """How many SKUs are counted and settled, for the rules of the locked stocktake."""
    counted = stocktake.lines.filter(counted__isnull=False)
    stocktake.qty_counted, stocktake.qty_settled = counted.count(), counted.exclude(outcome="").count()
    stocktake.save(update_fields=["qty_counted", "qty_settled"])


def note_settled(stocktake: Stocktake) -> None:
    """One more line of the locked stocktake is settled: what `keep_figures` would count, which takes long in a long one."""
    stocktake.qty_settled += 1
    stocktake.save(update_fields=["qty_settled"])


def _moved(line: StocktakeLine, scans: list[StocktakeScan]) -> bool:
    """Whether the shelf changed between the first and the last of these scans.

    Who says of a shelf that nobody scanned that nothing is there saw it some time since the stocktake began: then nothing may
    have come to it since.
    """
    first, last = scans[0], scans[-1]
    if last.verdict == StocktakeVerdict.NONE:
        came = (last.shelf or 0) > line.shelf_opened
        return came or bool(_posted(line.stocktake, [line.product_id], line.stocktake.created_at, last.at))
    return any(s.shelf != first.shelf for s in scans) or bool(
        _posted(line.stocktake, [line.product_id], first.at, last.at)
    )


def _posted(stocktake: Stocktake, products: Collection[int], after: datetime, until: datetime) -> set[int]:
    """Those of the products of which the ledger moved units there meanwhile: five that came and five that went leave the figure alone."""
    rows = StockMovement.objects.filter(
        product__in=products, location=stocktake.location_id, at__gt=after, at__lte=until
    )
    rows = rows.exclude(kind__in=ELSEWHERE).exclude(on_hand=0)
    return set(rows.order_by().values_list("product_id", flat=True).distinct())
