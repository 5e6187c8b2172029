"""Say that the counting is done, or count on."""

from typing import Any

from django.db import transaction

from inventory.actions.stocktakes._move import forget_fault, move_stocktake
from inventory.actions.stocktakes._sum import drop_count, keep_figures
from inventory.locks import lock_stocktake
from inventory.models import Stocktake, StocktakeLine
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require


@transaction.atomic
def finish_counting(number: str, *, actor: Any) -> Stocktake:
    """Nothing more is counted; the differences can be seen. Refuses while nothing is counted."""
    stocktake = lock_stocktake(number)
    move_stocktake(
        stocktake, "finish", event="inventory.stocktake_finished", actor=actor, counted=stocktake.qty_counted
    )
    return stocktake


@transaction.atomic
def count_on(number: str, *, actor: Any, sku: str = "") -> Stocktake:
    """Count on; a `sku` is counted from the beginning, its scans are taken out. Refuses one that is posted."""
    stocktake = lock_stocktake(number)
    if sku:
        require(stocktake, "reopen")
        drop_count(open_line(stocktake, sku))
        keep_figures(stocktake)
    move_stocktake(stocktake, "reopen", event="inventory.stocktake_reopened", actor=actor, again=sku)
    forget_fault(stocktake)
    return stocktake


def open_line(stocktake: Stocktake, sku: str) -> StocktakeLine:
    """The line of `sku` in a locked stocktake; Refused when there is none, or when it is settled."""
    line = stocktake.lines.select_related("stocktake", "product").filter(product__sku=sku).first()
    if line is None:
        raise Refused("line_unknown", f"{sku[:80]} is not in {stocktake.number}.")
    if line.outcome:
        raise Refused("settled", f"{sku} is posted already. Count it in another stocktake.")
    return line
