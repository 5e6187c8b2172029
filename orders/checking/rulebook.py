"""The checks as admins set them, cached for a second per process."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from oms.kernel.db import fetch

FRESH_SECONDS = 1.0


@dataclass(frozen=True)
class Limits:
    """Amounts of one currency above which somebody looks first; None: no limit."""

    approve_from: Decimal | None = None
    cod_up_to: Decimal | None = None


@dataclass(frozen=True)
class Signal:
    """One switched-on fraud signal: what it adds to the sum, and from how many orders (or times the usual) on it speaks."""

    key: str
    score: int
    at_least: int


@dataclass(frozen=True)
class Setting:
    """One switched-on check."""

    key: str
    reason_id: int
    reason_key: str
    reason_label: str
    owner_team: str
    decide_within_hours: int = 8
    window_hours: int = 24
    max_orders: int = 5
    limit_score: int = 60
    limits: dict[str, Limits] = field(default_factory=dict)
    signals: tuple[Signal, ...] = ()


def limit_for(
    order: Any, total: Decimal, book_total: Decimal | None, limits: Mapping[str, Limits], name: str
) -> tuple[Decimal | None, str, Decimal | None]:
    """The limit `name` for an order, its currency, and the order's worth in that currency.

    The limit of the order's own currency; where there is none, that of the books, with the order at its own rate (a
    worth of None: nobody knows it). No limit at all: None.
    """
    own = getattr(limits.get(order.currency, Limits()), name)
    if own is not None or order.currency in limits:
        return own, order.currency, total
    return getattr(limits.get(order.book_currency, Limits()), name), order.book_currency, book_total


_cached: tuple[float, dict[str, Setting]] | None = None

READ = """
SELECT c.key, c.reason_id, r.key, r.label, c.owner_team, c.decide_within_hours, COALESCE(c.window_hours, 24),
       COALESCE(c.max_orders, 5), COALESCE(c.limit_score, 60), NULL, NULL::numeric, NULL::numeric, c.position
FROM orders_checkrule c JOIN orders_holdreason r ON r.id = c.reason_id WHERE c.is_on
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, currency, approve_from, cod_up_to, -1 FROM orders_approvalrule
UNION ALL
SELECT key, NULL, NULL, NULL, NULL, NULL, NULL, at_least, score, NULL, NULL, NULL, position FROM orders_fraudsignal WHERE is_on
ORDER BY 13
"""


def rulebook() -> dict[str, Setting]:
    """Every switched-on check by key. A change is seen at once by the process that made it, within a second by the others."""
    global _cached
    if _cached and time.monotonic() - _cached[0] < FRESH_SECONDS:
        return _cached[1]
    limits: dict[str, Limits] = {}
    book: dict[str, Setting] = {}
    signals: list[Signal] = []
    for row in fetch(READ):
        if row[9]:
            limits[row[9]] = Limits(row[10], row[11])
        elif row[1] is None:
            signals.append(Signal(row[0], score=row[8], at_least=row[7]))
        else:
            book[row[0]] = Setting(*row[:9], limits=limits)
    if "fraud" in book:
        book["fraud"] = replace(book["fraud"], signals=tuple(signals))
    _cached = (time.monotonic(), book)
    return book


def forget() -> None:
    """Read the book anew on next use."""
    global _cached
    _cached = None
