"""Stock on hand: what the ledger says was there at the start, came, went, and is there at the end."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from reports.queries.base import Col, Report, Span
from reports.queries.lines import Lines
from reports.queries.shapes import card_of, movements_of

# Grouped by the two keys first, and only then dressed with names: the ledger has a hundred times as many rows as lines.
READ = """
moved AS (
  SELECT product_id, location_id, coalesce(sum(on_hand) FILTER (WHERE at < %(start)s), 0) AS was,
    coalesce(sum(on_hand) FILTER (WHERE at >= %(start)s AND on_hand > 0), 0) AS came,
    coalesce(sum(on_hand) FILTER (WHERE at >= %(start)s AND on_hand < 0), 0) AS went,
    sum(on_hand) AS there, sum(quarantined) AS aside, sum(damaged) AS broken
  FROM inventory_stockmovement WHERE at < %(end)s GROUP BY 1, 2
), lines AS MATERIALIZED (
  SELECT p.sku, p.name, l.name AS place, was, came, went, there, aside, broken, p.id AS product, l.code
  FROM moved m JOIN inventory_product p ON p.id = m.product_id JOIN inventory_location l ON l.id = m.location_id
  WHERE %(everywhere)s OR l.code = ANY(%(places)s::text[])
)
"""


def rows(user: Any, span: Span) -> Lines:
    codes = list(user.location_codes)
    return Lines(
        READ, {"start": span.start, "end": span.end, "everywhere": not codes, "places": codes}, "sku, place",
        values=lambda record: record[:9], links=lambda record: _links(*record[9:], span),
        sums={3: "was", 4: "came", 5: "went", 6: "there", 7: "aside", 8: "broken"},
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
