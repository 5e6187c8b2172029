"""What suppliers send to our customers themselves: what they still have of it, and the promises made on it.

A supplier's figure is what they told us, less what left since and less what we promised of it. It is no stock of ours: no
counter knows it, and the row of the item is what two orders for the last unit wait on.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from inventory.ledger import WANTED, Claim
from inventory.routing.facts import Offer
from oms.kernel.clock import now
from oms.kernel.db import fetch

PLENTY = 1_000_000  # what counts as there of a supplier who tells no figure

# Units left; none when they tell no figure.
LEFT = """
i.stock - i.shipped_since - coalesce((SELECT sum(a.qty) FROM inventory_allocation a
  WHERE a.product_id = i.product_id AND a.location_id = s.place_id), 0)
"""
FROM = """
inventory_supplieritem i JOIN inventory_supplier s ON s.id = i.supplier_id AND s.is_active
JOIN inventory_location l ON l.id = s.place_id AND l.is_active
"""
# One offer as JSON, for the readings that promises are made on: as `offers_from` reads it.
ROW = f"""
json_build_array(i.product_id, s.place_id, i.drop_ship, i.min_qty, i.is_preferred, s.ships_to, coalesce({LEFT}, {PLENTY}))
"""


def offers_from(rows: Sequence[Sequence[Any]]) -> tuple[dict[int, tuple[Offer, ...]], dict[tuple[int, int], int]]:
    """{product id: offers} and units left by (product, place), of rows that `ROW` read."""
    offers: dict[int, tuple[Offer, ...]] = {}
    left: dict[tuple[int, int], int] = {}
    for product, place, when, least, preferred, countries, units in rows:
        offer = Offer(product, place, when, least, preferred, tuple(countries))
        offers[product] = (*offers.get(product, ()), offer)
        left[product, place] = int(units)
    return offers, left


LOCK = f"""
SELECT i.id FROM {FROM} JOIN unnest(%s::bigint[], %s::bigint[]) AS w(p, l) ON (i.product_id, s.place_id) = (w.p, w.l)
WHERE i.drop_ship <> '' ORDER BY i.id FOR UPDATE OF i
"""  # noqa: S608
TAKE = f"""
WITH want AS (
  SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::int[])
    AS w(line_id, order_number, product_id, location_id, qty)
), wanted AS (
  SELECT product_id, location_id, sum(qty)::int AS qty FROM want GROUP BY 1, 2
), there AS (
  SELECT i.product_id, s.place_id AS location_id, coalesce({LEFT}, {PLENTY}) AS qty FROM {FROM}
  WHERE i.drop_ship <> '' AND i.product_id IN (SELECT product_id FROM wanted)
), short AS MATERIALIZED (
  SELECT FROM wanted LEFT JOIN there USING (product_id, location_id) WHERE (there.qty >= wanted.qty) IS NOT TRUE
)
INSERT INTO inventory_allocation AS a (line_id, order_number, product_id, location_id, kind, qty, expires_at, created_at)
SELECT line_id, order_number, product_id, location_id, %s, sum(qty), %s::timestamptz, %s::timestamptz
FROM want WHERE NOT EXISTS (SELECT FROM short) GROUP BY 1, 2, 3, 4
ON CONFLICT (line_id, product_id, location_id) DO UPDATE SET qty = a.qty + excluded.qty
RETURNING product_id, location_id
"""  # noqa: S608


def lock_offers(places: Collection[tuple[int, int]]) -> None:
    """Lock what suppliers offer at the (product, place) pairs; after every stock level, for all who lock both."""
    if places:
        fetch(LOCK, [list(column) for column in zip(*sorted(places), strict=True)])


def claim_offers(claims: Sequence[Claim], *, kind: str, expires_at: datetime | None = None) -> bool:
    """Promise units of suppliers to lines: all of them, or nothing and False when somebody has less. The last write."""
    if not claims:
        return True
    # A statement of its own: what another transaction promised while we waited for the row is only seen by the next one.
    lock_offers({(c.product_id, c.location_id) for c in claims})
    columns = [[getattr(c, n) for c in claims] for n in WANTED[:5]]
    return bool(fetch(TAKE, [*columns, kind, expires_at, now()]))


GONE = """
UPDATE inventory_supplieritem i SET shipped_since = i.shipped_since + w.qty
FROM unnest(%s::bigint[], %s::int[]) AS w(p, qty), inventory_supplier s
WHERE s.id = i.supplier_id AND s.place_id = %s::bigint AND i.product_id = w.p AND i.stock IS NOT NULL
"""


def count_gone(place_id: int, units: Mapping[int, int]) -> None:
    """Note that `units` {product id: units} have left the supplier at `place_id` since they last told us their figure."""
    if units:
        rows = sorted(units.items())
        fetch(GONE, [[p for p, _ in rows], [q for _, q in rows], place_id])
