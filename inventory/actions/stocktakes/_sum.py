"""The only writer of what the scans of a line add up to."""

from datetime import datetime

from inventory.models import MovementKind, StockMovement, Stocktake, StocktakeLine, StocktakeScan, StocktakeVerdict
from oms.kernel.clock import now

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


def drop_count(line: StocktakeLine) -> None:
    """Take every scan of `line` out: it is not counted."""
    line.scans.filter(undone_at__isnull=True).update(undone_at=now())
    sum_up(line)


def keep_figures(stocktake: Stocktake) -> None:
    """How many SKUs are counted and settled, for the rules of the locked stocktake."""
    counted = stocktake.lines.filter(counted__isnull=False)
    stocktake.qty_counted, stocktake.qty_settled = counted.count(), counted.exclude(outcome="").count()
    stocktake.save(update_fields=["qty_counted", "qty_settled"])


def _moved(line: StocktakeLine, scans: list[StocktakeScan]) -> bool:
    """Whether the shelf changed between the first and the last of these scans.

    Who says of a shelf that nobody scanned that nothing is there saw it some time since the stocktake began: then nothing may
    have come to it since.
    """
    first, last = scans[0], scans[-1]
    if last.verdict == StocktakeVerdict.NONE:
        came = (last.shelf or 0) > line.shelf_opened
        return came or _posted(line, line.stocktake.created_at, last.at)
    return any(s.shelf != first.shelf for s in scans) or _posted(line, first.at, last.at)


def _posted(line: StocktakeLine, after: datetime, until: datetime) -> bool:
    """Whether the ledger moved units of the SKU there meanwhile: five that came and five that went leave the figure alone."""
    rows = StockMovement.objects.filter(
        product=line.product_id, location=line.stocktake.location_id, at__gt=after, at__lte=until
    )
    return rows.exclude(kind__in=ELSEWHERE).exclude(on_hand=0).exists()
