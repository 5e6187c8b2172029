"""SKUs in files that are no product's, and the product's they are probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

from inventory.models import Product
from orders.channels.draft import OrderDraft
from orders.channels.matching import bare_name

CATALOGUE = 50_000  # comparing with more would take longer than a person waits
COMPARED = 300


def unknown_skus(drafts: Iterable[OrderDraft]) -> dict[str, str]:
    """Each SKU of live orders that is no product's, with the nearest one ("" when none is near)."""
    asked = {x.sku for d in drafts if not d.past for x in d.lines if x.sku and not x.fulfilled_by_channel}
    unknown = sorted(asked - set(Product.objects.filter(sku__in=asked).values_list("sku", flat=True)))
    if not unknown:
        return {}
    known = list(Product.objects.filter(is_active=True).values_list("sku", flat=True)[:CATALOGUE])
    bare = {bare_name(sku): sku for sku in known}
    return {sku: _nearest(sku, bare) if at < COMPARED else "" for at, sku in enumerate(unknown)}


def _nearest(sku: str, bare: dict[str, str]) -> str:
    """KET18BLU is KET-18-BLU before it is anything merely similar."""
    written = bare_name(sku)
    if written in bare:
        return bare[written]
    return next((bare[found] for found in get_close_matches(written, bare, 1, 0.75)), "")
