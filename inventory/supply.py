"""What capture must know of the catalogue and the shelves before it promises anything: one reading, nothing locked."""

from collections.abc import Collection
from dataclasses import dataclass

from oms.kernel.db import fetch


@dataclass(frozen=True)
class Item:
    """A product as an order line needs it."""

    id: int
    name: str


@dataclass(frozen=True)
class Supply:
    """Products by SKU (the unknown ones are missing), active places best first, units available per (product, place),
    and of the kits among the products the components {product id: ((product id, units in one), ...)}."""

    items: dict[str, Item]
    places: dict[str, int]  # code -> id
    stock: dict[tuple[int, int], int]
    kept: dict[tuple[int, str], int]  # units that a channel (code) leaves, per (product, channel)
    recipes: dict[int, tuple[tuple[int, int], ...]]


READ = """
WITH item AS (
  SELECT id, sku, name FROM inventory_product WHERE sku = ANY(%s::text[])
), part AS (
  SELECT kit_id, product_id, qty FROM inventory_kitpart WHERE kit_id IN (SELECT id FROM item)
), lies AS (
  SELECT id, is_rationed FROM inventory_product
  WHERE id IN (SELECT id FROM item UNION ALL SELECT product_id FROM part)
)
SELECT
  (SELECT json_agg(json_build_array(sku, id, name)) FROM item),
  (SELECT json_agg(json_build_array(code, id) ORDER BY rank, code) FROM inventory_location WHERE is_active),
  (SELECT json_agg(json_build_array(s.product_id, s.location_id, CASE WHEN i.is_rationed AND EXISTS (
     SELECT 1 FROM inventory_backorder b WHERE b.product_id = i.id) THEN 0 ELSE s.available END))
   FROM inventory_stocklevel s JOIN lies i ON i.id = s.product_id),
  (SELECT json_agg(json_build_array(b.product_id, b.channel, b.qty))
   FROM inventory_safetystock b WHERE b.qty > 0 AND b.product_id IN (SELECT id FROM lies)),
  (SELECT json_agg(json_build_array(kit_id, product_id, qty) ORDER BY kit_id, product_id) FROM part)
"""


def supply_of(skus: Collection[str]) -> Supply:
    """Read what is known about `skus`. Stock may have changed a moment later: only a claim (reserve_orders) promises.

    What waits for the fair-share desk is nobody's: a new order sees none of it and stands in the queue like the others.
    """
    items, places, stock, kept, parts = (found or [] for found in fetch(READ, [list(skus)])[0])
    recipes: dict[int, tuple[tuple[int, int], ...]] = {}
    for kit, product, qty in parts:
        recipes[kit] = (*recipes.get(kit, ()), (product, qty))
    return Supply(
        {sku: Item(pk, name) for sku, pk, name in items}, dict(places), {(p, place): qty for p, place, qty in stock},
        {(p, channel): qty for p, channel, qty in kept}, recipes,
    )  # fmt: skip
