"""What capture must know of the catalogue and the shelves before it promises anything: one reading, nothing locked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inventory.for_sale import IS_DECIDED
from inventory.offers import FROM, ROW, offers_from
from inventory.routing.facts import Offers
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
    offers: Offers  # what suppliers send themselves; what is left of it stands in `stock` under their places
    # Units of rationed products that wait for the fair-share desk: SKU and units per (product, place); not in `stock`.
    at_desk: dict[tuple[int, int], tuple[str, int]]

    def asks_desk(self, needs: Sequence[tuple[int, int]], places: Collection[int]) -> str:
        """The SKU among `needs` ((product, units in one), ...) that a decision could give out at one of the places; or
        nothing: none of it waits for one, or something else is missing there."""
        for place in places:
            decided = [(at[0], at[1], qty) for product, qty in needs if (at := self.at_desk.get((product, place)))]
            rest = [(product, qty) for product, qty in needs if (product, place) not in self.at_desk]
            if (
                decided
                and all(units >= qty for _, units, qty in decided)
                and all(self.stock.get((product, place), 0) >= qty for product, qty in rest)
            ):
                return decided[0][0]
        return ""


READ = f"""
WITH item AS (
  SELECT id, sku, name FROM inventory_product WHERE sku = ANY(%s::text[])
), part AS (
  SELECT kit_id, product_id, qty FROM inventory_kitpart WHERE kit_id IN (SELECT id FROM item)
), lies AS (
  SELECT p.id, p.sku, p.is_rationed, p.rationed_at
  FROM inventory_product p WHERE p.id IN (SELECT id FROM item UNION ALL SELECT product_id FROM part)
)
SELECT
  (SELECT json_agg(json_build_array(sku, id, name)) FROM item),
  (SELECT json_agg(json_build_array(code, id) ORDER BY rank, code) FROM inventory_location
   WHERE is_active AND kind <> 'drop_ship'),
  (SELECT json_agg(json_build_array(s.product_id, s.location_id, s.available, CASE WHEN {IS_DECIDED} THEN p.sku END))
   FROM inventory_stocklevel s JOIN lies p ON p.id = s.product_id),
  (SELECT json_agg(json_build_array(b.product_id, b.channel, b.qty))
   FROM inventory_safetystock b WHERE b.qty > 0 AND b.product_id IN (SELECT id FROM lies)),
  (SELECT json_agg(json_build_array(kit_id, product_id, qty) ORDER BY kit_id, product_id) FROM part),
  (SELECT json_agg({ROW}) FROM {FROM} WHERE i.drop_ship <> '' AND i.product_id IN (SELECT id FROM item))
"""  # noqa: S608  only constants are put in


def supply_of(skus: Collection[str]) -> Supply:
    """Read what is known about `skus`. Stock may have changed a moment later: only a claim (reserve_orders) promises.

    What waits for the fair-share desk is nobody's: a new order sees none of it and stands in the queue like the others.
    """
    items, places, stock, kept, parts, sent = (found or [] for found in fetch(READ, [list(skus)])[0])
    recipes: dict[int, tuple[tuple[int, int], ...]] = {}
    for kit, product, qty in parts:
        recipes[kit] = (*recipes.get(kit, ()), (product, qty))
    offers, left = offers_from(sent)
    return Supply(
        {sku: Item(pk, name) for sku, pk, name in items}, dict(places),
        {(p, place): 0 if sku else qty for p, place, qty, sku in stock} | left,
        {(p, channel): qty for p, channel, qty in kept}, recipes, offers,
        {(p, place): (sku, qty) for p, place, qty, sku in stock if sku},
    )  # fmt: skip
