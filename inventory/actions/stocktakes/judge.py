"""Say what becomes of what nobody scanned, and of a count that is not to be posted."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.db import transaction

from inventory.actions.stocktakes._sum import drop_count, keep_figures, sum_up_none
from inventory.actions.stocktakes.finish import open_line
from inventory.locks import lock_stocktake
from inventory.models import Stocktake, StocktakeScan, StocktakeVerdict
from inventory.shelves import lock_shelves
from inventory.states import StocktakeStatus
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@transaction.atomic
def say_none(number: str, *, skus: Collection[str] | None, actor: Any) -> int:
    """Count none of these SKUs, or (None) of all that nobody scanned; returns how many that are. They can still be taken out."""
    stocktake = lock_stocktake(number)
    _in_review(stocktake)
    lines = stocktake.lines.filter(counted__isnull=True).select_related("product").order_by("product_id")
    if skus is not None:
        lines = lines.filter(product__sku__in=skus)
    found = list(lines)
    if not found:
        raise Refused("nothing_ticked", "Tick at least one SKU that is not there.")
    who, shelves = as_actor(actor), lock_shelves([line.product_id for line in found], stocktake.location_id)
    moment = now()
    StocktakeScan.objects.bulk_create(
        StocktakeScan(
            stocktake=stocktake, line=line, key=uuid4(), code=line.product.sku, name=line.product.name, qty=0,
            verdict=StocktakeVerdict.NONE, shelf=shelves[line.product_id], by_id=who.user_id, actor_name=who.name[:80], at=moment,
        )
        for line in found
    )  # fmt: skip
    sum_up_none(stocktake, found, shelves, moment)
    keep_figures(stocktake)
    publish("inventory.stocktake_none", subject=stocktake.number, actor=actor, skus=[x.product.sku for x in found][:50])
    return len(found)


@transaction.atomic
def leave_uncounted(number: str, *, sku: str, actor: Any) -> None:
    """Take the count of `sku` out: nothing of it is posted."""
    stocktake = lock_stocktake(number)
    _in_review(stocktake)
    drop_count(open_line(stocktake, sku))
    keep_figures(stocktake)
    publish("inventory.stocktake_left_out", subject=stocktake.number, actor=actor, skus=[sku])


def _in_review(stocktake: Stocktake) -> None:
    if stocktake.status != StocktakeStatus.REVIEW:
        raise Refused(
            "not_in_review", f"{stocktake.number} is not in review ({stocktake.get_status_display().lower()})."
        )
