"""What a report is: a title, its columns, and rows over a span of business days, each with the list behind it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from oms.kernel.clock import day_bounds
from oms.kernel.money import quantize
from reports.queries.lines import Lines


@dataclass(frozen=True)
class Span:
    """Business days, both included; `idle`, for reports that ask it: days without a sale that make stock dead."""

    first: date
    last: date
    idle: int = 90

    @property
    def start(self) -> datetime:
        return day_bounds(self.first)[0]

    @property
    def end(self) -> datetime:
        return day_bounds(self.last)[1]


@dataclass(frozen=True)
class Row:
    """Values in the order of the report's columns; `urls` {column number: the list behind it}.

    `book` {column number: the amount in the book currency}, at the rates of the orders themselves; `unrated` says how
    many of its records have none and are not in it.
    """

    values: Sequence[Any]
    urls: dict[int, str] = field(default_factory=dict)
    book: dict[int, Decimal] = field(default_factory=dict)
    book_currency: str = ""
    unrated: int = 0


@dataclass(frozen=True)
class Page:
    """What a page shows of a report: its first lines, the `count` of all, and the sums of all."""

    rows: Sequence[Row]
    count: int
    totals: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Col:
    """A column: `kind` is text, number, money (its currency is in `currency_at`) or hours; `adds` says that it has a sum."""

    title: str
    kind: str = "text"
    adds: bool = False


@dataclass(frozen=True)
class Report:
    key: str
    title: str
    about: str
    columns: Sequence[Col]
    rows: Callable[[Any, Span], list[Row] | Lines]
    permission: str = "reports.view"
    dated_by: str = "placed"
    currency_at: int | None = None  # sums are made per currency; across them only in the book currency
    in_book: bool = True  # rows know their amounts in the book currency
    asks_idle: bool = False

    def page(self, user: Any, span: Span, most: int) -> Page:
        """The first `most` lines, how many there are, and the sums of all."""
        found = self.rows(user, span)
        if not isinstance(found, Lines):
            return Page(found[:most], len(found), self.totals(found))
        records, count, totals = found.first(most)
        rows = [Row(found.values(record), found.links(record)) for record in records]
        return Page(rows, count, [self._line(currency, sums) for currency, sums in totals])

    def lines(self, user: Any, span: Span) -> Iterator[Sequence[Any]]:
        """The values of every line, then of the sums, as they are read."""
        found = self.rows(user, span)
        if not isinstance(found, Lines):
            yield from (row.values for row in found)
            yield from self.totals(found)
            return
        sums: dict[str, Counter[int]] = {}
        for values in map(found.values, found.each()):
            yield values
            one = sums.setdefault(values[self.currency_at] if self.currency_at is not None else "", Counter())
            for i in found.sums:
                one[i] += values[i] or 0
        for currency in sorted(sums, key=lambda code: (not code, code)):
            yield self._line(currency, sums[currency])

    def totals(self, rows: Sequence[Row]) -> list[list[Any]]:
        """One line of sums, or one per currency and one in the book currency; empty where a column does not add up."""
        groups: dict[Any, list[Row]] = {}
        for row in rows:
            groups.setdefault(row.values[self.currency_at] if self.currency_at is not None else "", []).append(row)
        lines = [self._sums(key, found) for key, found in groups.items()]
        if (
            self.in_book
            and self.currency_at is not None
            and any(key != row.book_currency for key, found in groups.items() for row in found)
        ):
            lines.append(self._in_book(rows))
        return lines

    def _in_book(self, rows: Sequence[Row]) -> list[Any]:
        """All of them together, in the book currency; what nobody knows the worth of is said to be missing."""
        code, lost = rows[0].book_currency, sum(row.unrated for row in rows)
        line = self._sums(code, rows)
        for i, column in enumerate(self.columns):
            if column.kind == "money" and column.adds:
                line[i] = quantize(sum((row.book.get(i) or Decimal(0) for row in rows), Decimal(0)), code)
        line[0] = "All, at the orders' rates" + (f", {lost} without a rate left out" if lost else "")
        return line

    def _sums(self, key: Any, rows: Sequence[Row]) -> list[Any]:
        return self._line(key, {i: sum(r.values[i] or 0 for r in rows) for i, c in enumerate(self.columns) if c.adds})

    def _line(self, key: Any, sums: Mapping[int, Any]) -> list[Any]:
        line: list[Any] = [sums[i] if c.adds else "" for i, c in enumerate(self.columns)]
        line[0] = "Total"
        if self.currency_at is not None:
            line[self.currency_at] = key
            if not key:  # what has no price adds up in units alone
                line = ["" if c.kind == "money" else value for c, value in zip(self.columns, line, strict=True)]
        return line
