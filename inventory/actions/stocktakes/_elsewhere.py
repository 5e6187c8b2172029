"""A SKU is in one stocktake of its place at a time: in two, whichever is posted second would have been counted for nothing."""

from collections.abc import Collection

from inventory.locks import lock_place
from inventory.models import Location, StocktakeLine
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import are

NAMED = 5


def counted_elsewhere(place: Location) -> set[int]:
    """Products that another stocktake of the place is still to post, whose begin waits until this one has begun."""
    lock_place(place)
    return set(_open_lines(place).values_list("product", flat=True))


def require_nowhere_else(place: Location, products: Collection[int]) -> None:
    """Refuse products that another stocktake of the place is still to post, naming them and it; others wait meanwhile."""
    lock_place(place)
    rows = _open_lines(place).filter(product__in=products).order_by("stocktake", "product__sku")
    found: dict[tuple[str, str], list[str]] = {}
    for number, by, sku in rows.values_list("stocktake__number", "stocktake__created_by", "product__sku"):
        found.setdefault((number, by), []).append(sku)
    if found:
        raise Refused.because([_refusal(place, number, by, skus) for (number, by), skus in found.items()])


def _open_lines(place: Location):
    return StocktakeLine.objects.filter(
        stocktake__location=place, stocktake__status__in=("counting", "review", "posting"), outcome=""
    ).order_by()


def _refusal(place: Location, number: str, by: str, skus: list[str]) -> Refusal:
    more = f" and {len(skus) - NAMED:,} more" if len(skus) > NAMED else ""
    return Refusal(
        "counted_elsewhere",
        f"{', '.join(skus[:NAMED])}{more} {are(len(skus))} in {number} already, which {by} began at {place}. Count there with "
        "them, or post it or throw it away first.",
    )
