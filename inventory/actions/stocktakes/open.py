"""Begin a stocktake: what is to be counted, and what should lie there at this moment."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max, OuterRef, QuerySet, Subquery

from inventory.actions.adjust import find_place
from inventory.actions.stocktakes._elsewhere import counted_elsewhere, require_nowhere_else
from inventory.models import Location, Product, StockLevel, Stocktake, StocktakeLine, StocktakeScope
from inventory.shelves import lock_shelves
from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.numbers import next_number

MOST = 5_000


@transaction.atomic
def open_stocktake(
    location: str, *, scope: str, actor: Any, skus: Sequence[str] = (), most: int = 0, note: str = ""
) -> Stocktake:  # fmt: skip
    """Begin to count `location`: all that lies there, the listed `skus`, or the `most` that were not counted for longest.

    Refuses a place where nothing lies, unknown SKUs and kits by name, more than 5,000 SKUs at once, and SKUs that are in
    another stocktake of the place; the `most` leave those out.
    """
    place = find_place(location)
    products = _products(place, StocktakeScope(scope), skus, most)
    if scope == StocktakeScope.LONGEST and not products and _lying(place).exists():
        raise Refused("all_counted", f"Everything that lies at {place} is in a stocktake that is under way.")
    if not products:
        raise Refused("nothing_there", f"The books know of nothing that lies at {place}. List the SKUs to count there.")
    if len(products) > MOST:
        raise Refused(
            "too_many",
            f"{len(products):,} SKUs lie at {place}, and {MOST:,} are the most of one stocktake. Count those that were not "
            "counted for longest, or list some.",
        )
    require_nowhere_else(place, products)
    stocktake = Stocktake.objects.create(
        number=next_number("inventory_stocktake_seq", "ST"), location=place, scope=scope, note=note.strip()[:200],
        created_at=now(), created_by=as_actor(actor).name, status_since=now(),
    )  # fmt: skip
    publish_move(
        "inventory.stocktake_opened", subject=stocktake.number, actor=actor, machine="stocktake", move="open", source="",
        target=stocktake.status, location=place.code, lines=len(products),
    )  # fmt: skip
    shelves = lock_shelves(products, place.pk)
    StocktakeLine.objects.bulk_create(
        StocktakeLine(stocktake=stocktake, product_id=pk, shelf_opened=shelves[pk]) for pk in products
    )
    return stocktake


def _products(place: Location, scope: StocktakeScope, skus: Sequence[str], most: int) -> list[int]:
    """Ids in the order in which they are counted."""
    there = _lying(place)
    if scope == StocktakeScope.LIST:
        return _listed(skus)
    if scope == StocktakeScope.ALL:
        return list(there.order_by("product__sku").values_list("product_id", flat=True)[: MOST + 1])
    if not 0 < most <= MOST:
        raise Refused("most_impossible", f"Enter how many SKUs to count: 1 to {MOST:,}.")
    lines = StocktakeLine.objects.filter(
        product=OuterRef("product_id"), stocktake__location=place, counted__isnull=False
    )
    last = lines.exclude(outcome="").order_by().values("product").annotate(at=Max("counted_at")).values("at")
    others = there.exclude(product__in=counted_elsewhere(place))
    rows = others.annotate(last=Subquery(last)).order_by(F("last").asc(nulls_first=True), "product__sku")
    return list(rows.values_list("product_id", flat=True)[:most])


def _lying(place: Location) -> QuerySet[StockLevel]:
    return StockLevel.objects.filter(location=place, on_hand__gt=0)


def _listed(skus: Sequence[str]) -> list[int]:
    wanted = list(dict.fromkeys(sku.strip() for sku in skus if sku.strip()))
    if not wanted:
        raise Refused("nothing_listed", "List at least one SKU, each on a line of its own.")
    found = {p.sku: p for p in Product.objects.filter(sku__in=wanted)}
    wrong = [Refusal("sku_unknown", f"There is no SKU {sku[:80]}.") for sku in wanted if sku not in found]
    wrong += [
        Refusal("kit", f"{sku} is a kit; list its components.") for sku in wanted if sku in found and found[sku].is_kit
    ]
    if wrong:
        raise Refused.because(wrong[:10])
    return [found[sku].pk for sku in wanted]
