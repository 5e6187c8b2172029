"""Count units scan by scan. Several people may count at once; nothing is posted before somebody looked at the differences."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from inventory.actions.stocktakes._elsewhere import require_nowhere_else
from inventory.actions.stocktakes._sum import keep_figures, sum_up
from inventory.locks import lock_stocktake
from inventory.models import Product, Stocktake, StocktakeLine, StocktakeScan, StocktakeVerdict
from inventory.shelves import lock_shelves
from inventory.states import StocktakeStatus
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused

MOST = 100_000
V = StocktakeVerdict


@dataclass(frozen=True)
class _Said:
    """What somebody scanned or typed."""

    key: UUID
    code: str
    qty: int
    actor: Any


@transaction.atomic
def count_units(number: str, *, code: str, key: UUID, actor: Any, qty: int = 1) -> StocktakeScan:
    """Count `qty` more units of `code` (barcode or SKU); answer the scan, whose verdict says what became of it.

    Sent again with the same `key` it counts nothing and answers the same. Zero units say that none is there. What is not in
    the stocktake, an unknown code and a kit count nothing. Refuses once counting is done, and a code of several SKUs.
    """
    stocktake = lock_stocktake(number)
    if done := stocktake.scans.filter(key=key).first():
        return done
    _being_counted(stocktake)
    said = _Said(key, code.replace("\x00", "").strip()[:80], qty, actor)
    if not said.code:
        raise Refused("nothing_scanned", "Scan a barcode or type a SKU.")
    if not 0 <= qty <= MOST:
        raise Refused("qty_impossible", f"Enter how many units: 0 to {MOST:,}.")
    product = _meant(said.code)
    if product is None:
        return _note(stocktake, None, said, V.UNKNOWN, "")
    if product.is_kit:
        return _note(stocktake, None, said, V.KIT, product.name)
    line = _line(stocktake, product)
    if line is None:
        return _note(stocktake, None, said, V.FOREIGN, product.name)
    scan = _note(stocktake, line, said, V.OK, product.name)
    scan.shelf = lock_shelves([product.pk], stocktake.location_id)[product.pk]
    scan.at = now()
    scan.save(update_fields=["shelf", "at"])
    sum_up(line)
    keep_figures(stocktake)
    return scan


@transaction.atomic
def undo_units(number: str, *, actor: Any) -> StocktakeScan:
    """Take back what this person counted last. Refuses when they counted nothing that stands."""
    stocktake = lock_stocktake(number)
    _being_counted(stocktake)
    mine = stocktake.scans.filter(line__isnull=False, undone_at__isnull=True, by_id=as_actor(actor).user_id)
    last = mine.select_related("line__stocktake").first()
    if last is None or last.line is None:
        raise Refused("nothing_to_undo", "You have counted nothing yet.")
    last.undone_at = now()
    last.save(update_fields=["undone_at"])
    sum_up(last.line)
    keep_figures(stocktake)
    return last


def _being_counted(stocktake: Stocktake) -> None:
    if stocktake.status != StocktakeStatus.COUNTING:
        raise Refused(
            "not_counting",
            f"{stocktake.number} is no longer counted ({stocktake.get_status_display().lower()}); this scan counts nothing.",
        )


def _meant(code: str) -> Product | None:
    """The product of a SKU in any case, or of a barcode."""
    found = list(Product.objects.filter(sku__iexact=code)[:2]) or list(Product.objects.filter(barcode=code)[:4])
    if len(found) > 1:
        names = ", ".join(p.sku for p in found[:3])
        raise Refused(
            "code_of_several", f"{code} is the code of several SKUs: {names}. Type the SKU of the one you hold."
        )
    return found[0] if found else None


def _line(stocktake: Stocktake, product: Product) -> StocktakeLine | None:
    """Its line; of a place that is counted whole, a new one for what the books did not expect there."""
    line = stocktake.lines.select_related("stocktake").filter(product=product).first()
    if line is None and stocktake.takes_others:
        require_nowhere_else(stocktake.location, [product.pk])
        shelf = lock_shelves([product.pk], stocktake.location_id)[product.pk]
        line = StocktakeLine.objects.create(stocktake=stocktake, product=product, shelf_opened=shelf)
    if line and line.outcome:
        raise Refused("settled", f"{product.sku} is posted already. Count it in another stocktake.")
    return line


def _note(stocktake: Stocktake, line: StocktakeLine | None, said: _Said, verdict: V, name: str) -> StocktakeScan:
    who = as_actor(said.actor)
    return stocktake.scans.create(
        line=line, key=said.key, code=said.code, name=name, qty=said.qty, verdict=verdict, by_id=who.user_id,
        actor_name=who.name[:80], at=now(),
    )  # fmt: skip
