"""Stock turnover and dead stock: what left, what lay there meanwhile by the ledger, how long it lasts, and what nobody wants.

One reading of the ledger for both. The average on hand is that of every moment of the days, not of their ends; what was
dispatched and taken back is not sold.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from oms.kernel.clock import business_date, day_bounds, now
from oms.kernel.money import EXPONENTS
from reports.queries.base import Col, Report, Span
from reports.queries.lines import MOST, Lines, Record
from reports.queries.shapes import card_of, movements_of

# What lies there is what lies there now less what moved since: the ledger is read from the days on and not from the beginning of
# the house. Names, prices and what was before the days are looked up for the lines that are shown alone. Money is rounded to
# the currency's coin line by line, so that the sum is that of the lines shown.
NAMED = "JOIN inventory_product p ON p.id = product_id JOIN inventory_location l ON l.id = location_id"
PRICED = """
LEFT JOIN inventory_supplieritem i ON i.product_id = {lines}.product_id AND i.is_preferred AND i.cost > 0
LEFT JOIN inventory_supplier s ON s.id = i.supplier_id
"""
VALUE = "round(i.cost * there, coalesce((%(coins)s::jsonb ->> s.currency)::int, 2))"
# Days that have not begun yet end before they start.
HERE = "%(start)s < %(end)s AND (%(everywhere)s OR location_id IN (SELECT id FROM inventory_location WHERE code = ANY(%(places)s::text[])))"
OF_IT = "inventory_stockmovement m WHERE (m.product_id, m.location_id) = (picked.product_id, picked.location_id)"
DATED = f"""
  coalesce(last_sale, (SELECT m.at FROM {OF_IT} AND m.kind = 'issue' AND m.at < %(end)s ORDER BY m.id DESC LIMIT 1)) AS last_sale,
  (SELECT m.at FROM {OF_IT} ORDER BY m.id LIMIT 1) AS first_at
"""  # noqa: S608  constants
# Two kinds, each with its own quick way: what sold or moved after the days (a list), and everything else, which lies as it lay
# (levels along the index of the SKUs). What sold less than the last line (`bar`) gets no name. `unit_seconds`: units times how
# long they lay there, of what came and went in the days.
SOLD = f"""
since AS MATERIALIZED (
  SELECT product_id, location_id, coalesce(sum(on_hand) FILTER (WHERE at >= %(end)s), 0) AS later,
    coalesce(sum(on_hand) FILTER (WHERE at < %(end)s), 0) AS moved, max(at) FILTER (WHERE at < %(end)s AND kind = 'issue') AS last_sale,
    -coalesce(sum(on_hand) FILTER (WHERE at < %(end)s AND kind IN ('issue', 'unissue')), 0) AS sold,
    coalesce(sum(on_hand * date_part('epoch', %(end)s - at)) FILTER (WHERE at < %(end)s), 0) AS unit_seconds
  FROM inventory_stockmovement WHERE at >= %(start)s AND {HERE} GROUP BY 1, 2
), restless AS MATERIALIZED (
  SELECT product_id, location_id, sold, later FROM since WHERE sold <> 0 OR later <> 0
), bar AS (
  SELECT coalesce(min(sold), 0) AS least FROM (SELECT sold FROM restless ORDER BY sold DESC LIMIT {MOST}) AS top
), picked AS MATERIALIZED (
  SELECT * FROM (
    (SELECT product_id, location_id, sold, on_hand - later AS there, p.sku, p.name, l.code, l.name AS place
     FROM bar CROSS JOIN restless JOIN inventory_stocklevel USING (product_id, location_id) {NAMED}
     WHERE (sold >= bar.least OR bar.least <= 0) AND (on_hand > later OR sold <> 0) ORDER BY sold DESC, p.sku, l.name LIMIT {MOST})
    UNION ALL
    (SELECT product_id, location_id, 0, on_hand, p.sku, p.name, l.code, l.name FROM inventory_stocklevel {NAMED}
     WHERE {HERE} AND on_hand > 0 AND (product_id, location_id) NOT IN (SELECT product_id, location_id FROM restless)
     ORDER BY p.sku, l.name LIMIT {MOST})) AS both_kinds ORDER BY sold DESC, sku, place LIMIT {MOST}
), lines AS (
  SELECT picked.product_id AS product, sku, picked.name, picked.code, place, picked.sold,
    round((there - coalesce(moved, 0) + coalesce(unit_seconds, 0) / %(seconds)s)::numeric, 2) AS average, there,
    {DATED}, {VALUE} AS value, coalesce(s.currency, '') AS currency
  FROM picked LEFT JOIN since USING (product_id, location_id) {PRICED.format(lines="picked")}
), here AS (
  SELECT product_id, coalesce(sold, 0) AS sold, on_hand - coalesce(later, 0) AS there
  FROM inventory_stocklevel LEFT JOIN since USING (product_id, location_id)
  WHERE {HERE} AND (on_hand > coalesce(later, 0) OR sold <> 0)
)
"""  # noqa: S608  constants
ALL_SOLD = f"""
SELECT coalesce(s.currency, ''), count(*), sum(sold)::text, sum(there)::text, sum({VALUE})::text
FROM here {PRICED.format(lines="here")} GROUP BY 1
"""  # noqa: S608  constants
# Dead is what lay there before and was not sold since; what came since and was never sold is not that old.
IDLE = f"""
since AS (
  SELECT product_id, location_id, coalesce(sum(on_hand) FILTER (WHERE at >= %(end)s), 0) AS later,
    sum(on_hand) AS moved, bool_or(kind = 'issue' AND at < %(end)s) AS is_sold
  FROM inventory_stockmovement WHERE at >= %(idle_before)s GROUP BY 1, 2
), here AS MATERIALIZED (
  SELECT lying.*, {VALUE} AS value, coalesce(s.currency, '') AS currency FROM (
    SELECT product_id, location_id, on_hand - coalesce(later, 0) AS there, NULL::timestamptz AS last_sale
    FROM inventory_stocklevel s LEFT JOIN since USING (product_id, location_id)
    WHERE {HERE} AND on_hand > coalesce(later, 0) AND is_sold IS NOT TRUE AND (on_hand <> coalesce(moved, 0) OR (
      SELECT m.at FROM inventory_stockmovement m WHERE (m.product_id, m.location_id) = (s.product_id, s.location_id)
      ORDER BY m.id LIMIT 1) < %(idle_before)s)) AS lying {PRICED.format(lines="lying")}
), picked AS MATERIALIZED (
  SELECT * FROM (SELECT here.*, p.sku, p.name, l.code, l.name AS place FROM here {NAMED}) AS named
  ORDER BY {{order}} LIMIT {MOST}
), lines AS (
  SELECT product_id AS product, sku, name, code, place, 0 AS sold, 0.00 AS average, there, {DATED}, value, currency FROM picked
)
"""  # noqa: S608  constants
ALL_IDLE = "SELECT currency, count(*), sum(there)::text, sum(value)::text FROM here GROUP BY 1"
MOST_BOUND = "currency = '', currency, coalesce(nullif(value, 0), there) DESC, sku, place"


@dataclass(frozen=True)
class Turn:
    """One product at one place over some days. Money: units on hand at the preferred supplier's price, in its currency."""

    product_id: int
    sku: str
    name: str
    place_code: str
    place: str
    sold: int
    average: Decimal
    there: int
    last_sale: datetime | None
    first_at: datetime
    value: Decimal | None
    currency: str

    @property
    def turnover(self) -> Decimal | None:
        """How often the average stock was sold; None when there was none."""
        return (self.sold / self.average).quantize(Decimal("0.01")) if self.average > 0 else None

    def cover(self, days: int) -> int | None:
        """Days that what is there lasts at the pace of `days`; None when nothing sells."""
        return self.there * days // self.sold if self.sold > 0 else None

    def idle(self, last: date) -> int:
        """Days without a sale until `last`: since the last one, or since it came when there was none."""
        return (last - business_date(self.last_sale or self.first_at)).days


def turnover_lines(user: Any, span: Span) -> Lines:
    """Every product at every place this person sees that had or sold something in the days, what sells most first."""
    days = (_last(span) - span.first).days + 1

    def values(record: Record) -> Sequence[Any]:
        t = Turn(*record)
        return (
            t.sku, t.name, t.place, t.sold, t.average, t.turnover, t.there, t.cover(days), _day(t.last_sale), t.value, t.currency,
        )  # fmt: skip

    return Lines(
        SOLD, _asked(user, span), "sold DESC, sku, place", values, lambda record: _links(Turn(*record), span, 6),
        sums={3: "sold", 6: "there", 9: "value"}, totals=ALL_SOLD,
    )  # fmt: skip


def dead_lines(user: Any, span: Span) -> Lines:
    """What binds most first: by value in each currency, then what has no price by units."""
    last = _last(span)

    def values(record: Record) -> Sequence[Any]:
        t = Turn(*record)
        return (t.sku, t.name, t.place, t.there, _day(t.last_sale) or "never", t.idle(last), t.value, t.currency)

    asked = _asked(user, span) | {"idle_before": day_bounds(last - timedelta(days=span.idle))[1]}
    return Lines(
        IDLE.format(order=MOST_BOUND), asked, MOST_BOUND, values,
        lambda record: _links(Turn(*record), span, 3), sums={3: "there", 6: "value"}, totals=ALL_IDLE,
    )  # fmt: skip


def _asked(user: Any, span: Span) -> dict[str, Any]:
    """The parameters of `READ`; days that have not begun yet have no lines."""
    end, codes = max(min(span.end, now()), span.start), list(user.location_codes)
    seconds = (end - span.start).total_seconds()
    return {
        "start": span.start, "end": end if seconds else datetime.min.replace(tzinfo=span.start.tzinfo), "seconds": seconds or 1,
        "coins": json.dumps(EXPONENTS), "everywhere": not codes, "places": codes,
    }  # fmt: skip


def _last(span: Span) -> date:
    return min(span.last, business_date())


def _links(turn: Turn, span: Span, on_hand: int) -> dict[int, str]:
    """The SKU leads to its card, what is there to the movements it is made of."""
    query = f"location={quote(turn.place_code)}&moved_to={_last(span)}"
    return {0: card_of(turn.product_id), on_hand: f"{movements_of(turn.product_id)}?{query}"}


def _day(at: datetime | None) -> str:
    return f"{business_date(at):%Y-%m-%d}" if at else ""


MONEY: Sequence[Col] = (Col("Value at cost", "money", True), Col("Currency"))

TURNOVER = Report(
    "stock-turnover", "Stock turnover", "Units dispatched against the average on hand, by product and place; value at the preferred "
    "supplier’s price, in their currency.",
    (Col("SKU"), Col("Product"), Col("Place"), Col("Sold", "number", True), Col("Average on hand", "number"), Col("Turnover", "number"),
     Col("On hand", "number", True), Col("Days of cover", "number"), Col("Last sale"), *MONEY),
    turnover_lines, permission="inventory.view", dated_by="moved", currency_at=10, in_book=False,
)  # fmt: skip
DEAD = Report(
    "dead-stock", "Dead stock", "What lies there and was not dispatched for so many days before the last of these; value at the "
    "preferred supplier’s price, in their currency.",
    (Col("SKU"), Col("Product"), Col("Place"), Col("On hand", "number", True), Col("Last sale"), Col("Days without a sale", "number"),
     *MONEY),
    dead_lines, permission="inventory.view", dated_by="moved", currency_at=7, in_book=False, asks_idle=True,
)  # fmt: skip
