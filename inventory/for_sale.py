"""What a channel may sell now, product by product: the figure that a claim of the channel would find. Set-based, and pure reading.

It is what `actions/reserve.py` promises from: what is available at the channel's places, less the units the channel leaves, and what
suppliers send; nothing that waits for the fair-share desk. A kit counts whole kits, place by place. What comes later
and how rules route an order play no part. A supplier counts with what any order may have: a single unit, to the channel's country.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inventory.offers import FROM, LEFT, PLENTY
from oms.kernel.db import fetch

# Somebody decides who gets what lies there, and orders wait: nobody is served by arriving first. `p` is the product, `s` the level.
IS_DECIDED = """
p.is_rationed AND (p.rationed_at = '{}' OR s.location_id = ANY(p.rationed_at)) AND (
    EXISTS (SELECT FROM inventory_backorder b WHERE b.product_id = p.id)
    OR EXISTS (SELECT FROM inventory_backorder b JOIN inventory_linepart k USING (line_id) WHERE k.product_id = p.id))
"""

# Parameters: see `Counter.params`. The units a channel leaves are left where it asks last, as `reserve._for_sale` does.
FIGURES = f"""
places AS (
  SELECT * FROM unnest(%(places)s::bigint[]) WITH ORDINALITY AS w(location_id, turn)
), asked AS (
  SELECT id, kind, is_active AND NOT is_placeholder AS is_sold FROM inventory_product WHERE id = ANY(%(products)s::bigint[])
), shelves AS (
  SELECT id AS product_id FROM asked WHERE kind <> 'kit'
  UNION SELECT k.product_id FROM inventory_kitpart k JOIN asked ON asked.id = k.kit_id
), there AS (
  SELECT s.product_id, s.location_id, places.turn, CASE WHEN {IS_DECIDED} THEN 0 ELSE greatest(s.available, 0) END AS units
  FROM inventory_stocklevel s JOIN shelves USING (product_id) JOIN places USING (location_id)
  JOIN inventory_product p ON p.id = s.product_id
), free AS (
  SELECT t.product_id, t.location_id, t.units - least(t.units, greatest(0, coalesce(b.qty, 0) - coalesce(sum(t.units)
    OVER (PARTITION BY t.product_id ORDER BY t.turn DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS units
  FROM there t LEFT JOIN inventory_safetystock b ON b.product_id = t.product_id AND b.channel = %(channel)s
), whole AS (
  SELECT k.kit_id, min(coalesce(free.units, 0) / k.qty) AS units
  FROM inventory_kitpart k JOIN asked ON asked.id = k.kit_id CROSS JOIN places
  LEFT JOIN free ON (free.product_id, free.location_id) = (k.product_id, places.location_id) GROUP BY k.kit_id, places.location_id
), ours AS (
  SELECT product_id, sum(units) AS units FROM free GROUP BY 1
  UNION ALL
  SELECT w.kit_id, greatest(0, sum(w.units) - coalesce(max(b.qty), 0))
  FROM whole w LEFT JOIN inventory_safetystock b ON b.product_id = w.kit_id AND b.channel = %(channel)s GROUP BY 1
), theirs AS (
  SELECT i.product_id, bool_or(i.drop_ship = 'supplier_only') AS is_only_theirs,
    sum(CASE WHEN i.min_qty = 1 AND (s.ships_to = '{{}}' OR %(country)s = ANY(s.ships_to))
        THEN greatest(0, coalesce({LEFT}, {PLENTY})) ELSE 0 END) AS units
  FROM {FROM} WHERE i.drop_ship <> '' AND i.product_id = ANY(%(products)s::bigint[]) GROUP BY 1
), figures AS (
  SELECT a.id AS product_id, a.is_sold, CASE WHEN NOT a.is_sold THEN 0 ELSE least({PLENTY},
    CASE WHEN a.kind <> 'kit' AND theirs.is_only_theirs THEN 0 ELSE coalesce(ours.units, 0) END
    + CASE WHEN a.kind <> 'kit' THEN coalesce(theirs.units, 0) ELSE 0 END)::int END AS units
  FROM asked a LEFT JOIN ours ON ours.product_id = a.id LEFT JOIN theirs ON theirs.product_id = a.id
)
"""  # noqa: S608  only constants are put in
COUNT = f"WITH {FIGURES} SELECT product_id, units FROM figures"  # noqa: S608


@dataclass(frozen=True)
class Seller:
    """A channel as stock sees it: its code, its country, and the ids of its places, best first."""

    channel: str
    country: str
    places: tuple[int, ...]

    def params(self, products: Collection[int]) -> dict[str, object]:
        """The parameters of `FIGURES`."""
        return {
            "channel": self.channel, "country": self.country, "places": list(self.places), "products": sorted(products),
        }  # fmt: skip


def for_sale(seller: Seller, products: Collection[int]) -> dict[int, int]:
    """{product id: units} that the channel may sell now of `products`; 1,000,000 where nothing limits it."""
    return dict(fetch(COUNT, seller.params(products))) if products else {}


MARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# Every row knows the transaction that wrote it, so the paths that sell have nothing to note down. The tables are read from end to
# end: at 100,000 products a sixth of a second on a busy machine, and a level that did not move costs nothing more.
NEW = "age({}.xmin) <= age(%(mark)s::text::xid8::xid)"
TOUCHED = f"""
WITH direct AS (
  SELECT product_id FROM inventory_stocklevel s WHERE {NEW.format("s")}
  UNION SELECT id FROM inventory_product p WHERE {NEW.format("p")}
  UNION SELECT product_id FROM inventory_safetystock b WHERE {NEW.format("b")}
  UNION SELECT product_id FROM inventory_supplieritem i WHERE {NEW.format("i")}
  UNION SELECT i.product_id FROM inventory_supplieritem i JOIN inventory_supplier s ON s.id = i.supplier_id
    WHERE i.drop_ship <> '' AND {NEW.format("s")}
  UNION SELECT kit_id FROM inventory_historicalkitpart h WHERE {NEW.format("h")}
)
SELECT product_id FROM direct UNION SELECT k.kit_id FROM inventory_kitpart k JOIN direct USING (product_id)
"""  # noqa: S608
UNMARKED = """
WITH direct AS (
  SELECT product_id FROM inventory_supplieritem WHERE drop_ship <> ''
  UNION SELECT id FROM inventory_product WHERE is_rationed
)
SELECT product_id FROM direct UNION SELECT k.kit_id FROM inventory_kitpart k JOIN direct USING (product_id)
"""


def mark() -> int:
    """A moment in the order of transactions: whatever is not committed yet will be newer than it."""
    return fetch(MARK)[0][0]


def touched_since(mark: int) -> set[int] | None:
    """Products whose figure may differ from what it was at `mark`; None when the database cannot know (it was restored since).

    Never too few, but for those in `unmarked`.
    """
    if mark > fetch(MARK)[0][1]:
        return None
    return _ids(fetch(TOUCHED, {"mark": mark}))


def unmarked() -> set[int]:
    """Products whose figure also follows rows that leave no trace when they go: promises at suppliers, and the waiting line
    of what the fair-share desk decides."""
    return _ids(fetch(UNMARKED))


def _ids(rows: Sequence[tuple[int]]) -> set[int]:
    return {product for (product,) in rows}
