"""Stock on hand: what the ledger says was there at the start, came, went, and is there at the end."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from reports.queries.base import Col, Report, Span
from reports.queries.lines import MOST, Lines
from reports.queries.shapes import card_of, movements_of

MOVED = """
  coalesce(sum(on_hand) FILTER (WHERE at < %(end)s AND on_hand > 0), 0) AS came,
  coalesce(sum(on_hand) FILTER (WHERE at < %(end)s AND on_hand < 0), 0) AS went,
  coalesce(sum(on_hand) FILTER (WHERE at >= %(end)s), 0) AS later,
  coalesce(sum(quarantined) FILTER (WHERE at >= %(end)s), 0) AS aside,
  coalesce(sum(damaged) FILTER (WHERE at >= %(end)s), 0) AS broken
"""
# What is there now, less what moved since: the ledger is read from the first day on and not from the beginning of the house.
# Names and movements are looked up for the lines that are shown alone.
READ = f"""
here AS NOT MATERIALIZED (
  SELECT product_id, location_id, on_hand, quarantined, damaged FROM inventory_stocklevel
  WHERE %(everywhere)s OR location_id IN (SELECT id FROM inventory_location WHERE code = ANY(%(places)s::text[]))
), picked AS MATERIALIZED (
  SELECT p.sku, p.name, l.name AS place, l.code, here.*
  FROM inventory_product p JOIN here ON here.product_id = p.id JOIN inventory_location l ON l.id = here.location_id
  ORDER BY p.sku, l.name LIMIT {MOST}
), since AS (
  SELECT product_id, location_id, {MOVED} FROM inventory_stockmovement
  WHERE at >= %(start)s AND product_id IN (SELECT product_id FROM picked) GROUP BY 1, 2
), lines AS (
  SELECT sku, name, place, on_hand - coalesce(later + came + went, 0) AS was, coalesce(came, 0) AS came, coalesce(went, 0) AS went,
    on_hand - coalesce(later, 0) AS there, quarantined - coalesce(aside, 0) AS aside, damaged - coalesce(broken, 0) AS broken,
    product_id AS product, code
  FROM picked LEFT JOIN since USING (product_id, location_id)
)
"""  # noqa: S608  constants
TOTALS = f"""
SELECT '', n, (on_hand - later - came - went)::text, came::text, went::text, (on_hand - later)::text, (q - aside)::text, (d - broken)::text
FROM (SELECT count(*) AS n, sum(on_hand) AS on_hand, sum(quarantined) AS q, sum(damaged) AS d FROM here) AS now,
  (SELECT {MOVED} FROM inventory_stockmovement WHERE at >= %(start)s
    AND (%(everywhere)s OR location_id IN (SELECT id FROM inventory_location WHERE code = ANY(%(places)s::text[])))) AS moved
WHERE n > 0
"""  # noqa: S608  constants


def rows(user: Any, span: Span) -> Lines:
    codes = list(user.location_codes)
    return Lines(
        READ, {"start": span.start, "end": span.end, "everywhere": not codes, "places": codes}, "sku, place",
        values=lambda record: record[:9], links=lambda record: _links(*record[9:], span),
        sums={3: "was", 4: "came", 5: "went", 6: "there", 7: "aside", 8: "broken"},
        totals=TOTALS,
    )  # fmt: skip


def _links(product: int, place: str, span: Span) -> dict[int, str]:
    """SKU and what is set aside lead to the product's card, every sum to the movements it is made of."""
    card, moves = card_of(product), f"{movements_of(product)}?location={quote(place)}"
    during = f"{moves}&moved_from={span.first}&moved_to={span.last}"
    return {
        0: card, 3: f"{moves}&moved_to={span.first - timedelta(days=1)}", 4: f"{during}&way=in", 5: f"{during}&way=out",
        6: f"{moves}&moved_to={span.last}", 7: card, 8: card,
    }  # fmt: skip


REPORT = Report(
    "stock-on-hand", "Stock on hand", "Units by product and place at the end of the last day, from the ledger.",
    (Col("SKU"), Col("Product"), Col("Place"), Col("At the start", "number", True), Col("In", "number", True),
     Col("Out", "number", True), Col("On hand", "number", True), Col("Quarantined", "number", True), Col("Damaged", "number", True)),
    rows, permission="inventory.view", dated_by="moved",
)  # fmt: skip
