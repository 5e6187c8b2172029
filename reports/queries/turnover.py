"""Stock turnover and dead stock: what left, what lay there meanwhile by the ledger, how long it lasts, and what nobody wants.

One reading of the ledger for both. The average on hand is that of every moment of the days, not of their ends; what was
dispatched and taken back is not sold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from oms.kernel.clock import business_date, now
from oms.kernel.db import fetch
from oms.kernel.money import quantize
from reports.queries.base import Col, Report, Row, Span

# A row per product and place that had or sold something. `unit_seconds`: units times how long they lay there.
READ = """
WITH moved AS (
  SELECT product_id, location_id, sum(on_hand)::int AS there, max(at) FILTER (WHERE kind = 'issue') AS last_sale,
    -coalesce(sum(on_hand) FILTER (WHERE at >= %(start)s AND kind IN ('issue', 'unissue')), 0)::int AS sold,
    min(at) AS first_at, sum(on_hand * extract(epoch FROM %(end)s - greatest(at, %(start)s))::float8) AS unit_seconds
  FROM inventory_stockmovement WHERE at < %(end)s GROUP BY 1, 2
)
SELECT p.id, p.sku, p.name, l.code, l.name, m.sold, m.unit_seconds, m.there, m.last_sale, m.first_at, i.cost, s.currency
FROM moved m JOIN inventory_product p ON p.id = m.product_id JOIN inventory_location l ON l.id = m.location_id
LEFT JOIN inventory_supplieritem i ON i.product_id = p.id AND i.is_preferred AND i.cost > 0
LEFT JOIN inventory_supplier s ON s.id = i.supplier_id
WHERE (m.there > 0 OR m.sold <> 0) AND (%(everywhere)s OR l.code = ANY(%(places)s::text[])) ORDER BY p.sku, l.name
"""


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
    cost: Decimal | None
    currency: str
    days: int
    last: date

    @property
    def turnover(self) -> Decimal | None:
        """How often the average stock was sold; None when there was none."""
        return _rounded(self.sold / self.average) if self.average > 0 else None

    @property
    def cover(self) -> int | None:
        """Days that what is there lasts at this pace; None when nothing sells."""
        return self.there * self.days // self.sold if self.sold > 0 else None

    @property
    def idle(self) -> int:
        """Days without a sale: since the last one, or since it came when there was none."""
        return (self.last - business_date(self.last_sale or self.first_at)).days

    @property
    def value(self) -> Decimal | None:
        return None if self.cost is None else quantize(self.cost * self.there, self.currency)


def turns(user: Any, span: Span) -> list[Turn]:
    """Every product at every place this person sees that had or sold something in the days, by SKU."""
    end = min(span.end, now())
    if end <= span.start:
        return []
    codes = list(user.location_codes)
    asked = {"start": span.start, "end": end, "everywhere": not codes, "places": codes}
    seconds, last = Decimal((end - span.start).total_seconds()), min(span.last, business_date())
    days = (last - span.first).days + 1
    return [
        Turn(*row[:6], _rounded(Decimal(row[6]) / seconds), *row[7:11], row[11] or "", days, last)
        for row in fetch(READ, asked)
    ]


def turnover_rows(user: Any, span: Span) -> list[Row]:
    """What sells most first."""
    found = sorted(turns(user, span), key=lambda t: (-t.sold, t.sku, t.place))
    return [
        Row(
            (t.sku, t.name, t.place, t.sold, t.average, t.turnover, t.there, t.cover, _day(t.last_sale), t.value, t.currency),
            _links(t, 6),
        )
        for t in found
    ]  # fmt: skip


def dead_rows(user: Any, span: Span) -> list[Row]:
    """What binds most first: by value in each currency, then what has no price by units."""
    found = [t for t in turns(user, span) if t.there > 0 and t.idle >= span.idle]
    found.sort(key=lambda t: (not t.currency, t.currency, -(t.value or t.there), t.sku, t.place))
    return [
        Row((t.sku, t.name, t.place, t.there, _day(t.last_sale) or "never", t.idle, t.value, t.currency), _links(t, 3))
        for t in found
    ]


def _links(turn: Turn, on_hand: int) -> dict[int, str]:
    """The SKU leads to its card, what is there to the movements it is made of."""
    card, moves = _shape("inventory:product"), _shape("inventory:movements")
    query = f"location={quote(turn.place_code)}&moved_to={turn.last}"
    return {0: card % turn.product_id, on_hand: f"{moves % turn.product_id}?{query}"}


@cache
def _shape(name: str) -> str:
    """The address with a %s for the key: resolved once, not for each of a hundred thousand lines."""
    return reverse(name, args=[0]).replace("/0/", "/%s/")


def _day(at: datetime | None) -> str:
    return f"{business_date(at):%Y-%m-%d}" if at else ""


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"))


MONEY: Sequence[Col] = (Col("Value at cost", "money", True), Col("Currency"))

TURNOVER = Report(
    "stock-turnover", "Stock turnover", "Units dispatched against the average on hand, by product and place; value at the preferred "
    "supplier’s price, in their currency.",
    (Col("SKU"), Col("Product"), Col("Place"), Col("Sold", "number", True), Col("Average on hand", "number"), Col("Turnover", "number"),
     Col("On hand", "number", True), Col("Days of cover", "number"), Col("Last sale"), *MONEY),
    turnover_rows, permission="inventory.view", dated_by="moved", currency_at=10, in_book=False,
)  # fmt: skip
DEAD = Report(
    "dead-stock", "Dead stock", "What lies there and was not dispatched for so many days before the last of these; value at the "
    "preferred supplier’s price, in their currency.",
    (Col("SKU"), Col("Product"), Col("Place"), Col("On hand", "number", True), Col("Last sale"), Col("Days without a sale", "number"),
     *MONEY),
    dead_rows, permission="inventory.view", dated_by="moved", currency_at=7, in_book=False, asks_idle=True,
)  # fmt: skip
