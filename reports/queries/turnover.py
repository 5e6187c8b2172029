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
from reports.queries.lines import Lines, Record
from reports.queries.shapes import card_of, movements_of

# A row per product and place that had or sold something. `unit_seconds`: units times how long they lay there. Money is
# rounded to the currency's coin line by line, so that the sum is that of the lines shown.
READ = """
moved AS (
  SELECT product_id, location_id, sum(on_hand) AS there, max(at) FILTER (WHERE kind = 'issue') AS last_sale,
    -coalesce(sum(on_hand) FILTER (WHERE at >= %(start)s AND kind IN ('issue', 'unissue')), 0) AS sold,
    min(at) AS first_at, sum(on_hand * date_part('epoch', %(end)s - greatest(at, %(start)s))) AS unit_seconds
  FROM inventory_stockmovement WHERE at < %(end)s GROUP BY 1, 2
), lines AS MATERIALIZED (
  SELECT p.id AS product, p.sku, p.name, l.code, l.name AS place, m.sold,
    round((m.unit_seconds / %(seconds)s)::numeric, 2) AS average, m.there, m.last_sale, m.first_at,
    round(i.cost * m.there, coalesce((%(coins)s::jsonb ->> s.currency)::int, 2)) AS value, coalesce(s.currency, '') AS currency
  FROM moved m JOIN inventory_product p ON p.id = m.product_id JOIN inventory_location l ON l.id = m.location_id
  LEFT JOIN inventory_supplieritem i ON i.product_id = p.id AND i.is_preferred AND i.cost > 0
  LEFT JOIN inventory_supplier s ON s.id = i.supplier_id
  WHERE {kept} AND (%(everywhere)s OR l.code = ANY(%(places)s::text[]))
)
"""
ANY = "(m.there > 0 OR m.sold <> 0)"
IDLE = "m.there > 0 AND coalesce(m.last_sale, m.first_at) < %(idle_before)s"


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
        READ.format(kept=ANY), _asked(user, span), "sold DESC, sku, place", values, lambda record: _links(Turn(*record), span, 6),
        sums={3: "sold", 6: "there", 9: "value"}, currency="currency",
    )  # fmt: skip


def dead_lines(user: Any, span: Span) -> Lines:
    """What binds most first: by value in each currency, then what has no price by units."""
    last = _last(span)

    def values(record: Record) -> Sequence[Any]:
        t = Turn(*record)
        return (t.sku, t.name, t.place, t.there, _day(t.last_sale) or "never", t.idle(last), t.value, t.currency)

    asked = _asked(user, span) | {"idle_before": day_bounds(last - timedelta(days=span.idle))[1]}
    return Lines(
        READ.format(kept=IDLE), asked, "currency = '', currency, coalesce(nullif(value, 0), there) DESC, sku, place", values,
        lambda record: _links(Turn(*record), span, 3), sums={3: "there", 6: "value"}, currency="currency",
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
