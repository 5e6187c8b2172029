"""The checks, priorities and automatic steps as admins set them: one statement, cached for a second per process."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from oms.kernel.db import fetch
from orders.automatic.rule import Rule, rule_of
from orders.priorities import PriorityOf, priority_of

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


@dataclass(frozen=True)
class Book:
    """Everything that is switched on: checks by key, priorities and automatic steps in the order they are asked."""

    checks: dict[str, Setting]
    priorities: tuple[PriorityOf, ...]
    steps: tuple[Rule, ...]


_cached: tuple[float, Book] | None = None

READ = """
SELECT c.key, c.reason_id, r.key, r.label, c.owner_team, c.decide_within_hours, COALESCE(c.window_hours, 24),
       COALESCE(c.max_orders, 5), COALESCE(c.limit_score, 60), NULL, NULL::numeric, NULL::numeric, c.position, NULL
FROM orders_checkrule c JOIN orders_holdreason r ON r.id = c.reason_id WHERE c.is_on
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, currency, approve_from, cod_up_to, -1, NULL FROM orders_approvalrule
UNION ALL
SELECT key, NULL, NULL, NULL, NULL, NULL, NULL, at_least, score, NULL, NULL, NULL, position, NULL
FROM orders_fraudsignal WHERE is_on
UNION ALL
SELECT 'priority', NULL, g.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.position, row_to_json(p)::text
FROM orders_priorityrule p LEFT JOIN orders_customergroup g ON g.id = p.group_id WHERE p.is_on
UNION ALL
SELECT 'step', NULL, g.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, row_to_json(a)::text
FROM orders_automaticstep a LEFT JOIN orders_customergroup g ON g.id = a.group_id WHERE a.mode <> 'off'
ORDER BY 13
"""


def rulebook() -> dict[str, Setting]:
    """Every switched-on check by key. A change is seen at once by the process that made it, within a second by the others."""
    return book().checks


def book() -> Book:
    """The same with what else is switched on."""
    global _cached
    if _cached and time.monotonic() - _cached[0] < FRESH_SECONDS:
        return _cached[1]
    limits: dict[str, Limits] = {}
    checks: dict[str, Setting] = {}
    signals: list[Signal] = []
    priorities: list[PriorityOf] = []
    steps: list[Rule] = []
    for row in fetch(READ):
        if row[13]:
            given = json.loads(row[13]) | {"group_name": row[2] or ""}
            if row[0] == "step":
                steps.append(rule_of(given))
            else:
                priorities.append(priority_of(given))
        elif row[9]:
            limits[row[9]] = Limits(row[10], row[11])
        elif row[1] is None:
            signals.append(Signal(row[0], score=row[8], at_least=row[7]))
        else:
            checks[row[0]] = Setting(*row[:9], limits=limits)
    if "fraud" in checks:
        checks["fraud"] = replace(checks["fraud"], signals=tuple(signals))
    priorities.sort(key=lambda p: (p.position, p.id))
    steps.sort(key=lambda r: r.place)
    _cached = (time.monotonic(), Book(checks, tuple(priorities), tuple(steps)))
    return _cached[1]


def forget() -> None:
    """Read the book anew on next use."""
    global _cached
    _cached = None
