"""Turn a cell into an amount, a count or a moment, or say exactly why it is none."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from oms.kernel.countries import COUNTRIES
from oms.kernel.currencies import CURRENCIES
from oms.kernel.money import exponent, quantize
from oms.tables.files import Row
from oms.tables.values import decimal
from orders.channels.draft import OrderDraft, RowReject

MAX_AMOUNT = Decimal(10) ** 11
MAX_QTY = 1_000_000
EARLIEST = 1990


class Bad(Exception):
    """One cell makes its whole order unusable; carries where and why for the person who has to repair it.

    `kind` and `suggestion` as in RowReject.
    """

    def __init__(self, row: Row, column: str, reason: str, *, kind: str = "", suggestion: str = "") -> None:
        self.row, self.column, self.reason, self.kind, self.suggestion = row, column, reason, kind, suggestion
        super().__init__(reason)


class SeveralBad(Exception):
    """Every bad cell of an order at once, so that nobody mends them one import after another."""

    def __init__(self, bads: list[Bad]) -> None:
        self.bads = bads
        super().__init__(f"{len(bads)} cells")


T = TypeVar("T")


class Gather:
    """Run one reading step after another and keep what is wrong; `finish` raises it all together."""

    def __init__(self) -> None:
        self.bads: list[Bad] = []

    def __call__(self, step: Callable[[], T], instead: T) -> T:
        try:
            return step()
        except Bad as bad:
            self.bads.append(bad)
            return instead

    def finish(self) -> None:
        if self.bads:
            raise SeveralBad(self.bads)


def required(row: Row, column: str) -> str:
    text = row.text(column)
    if not text:
        raise Bad(row, column, f"{column} is empty.")
    return text


def amount(row: Row, column: str, *, default: Decimal | None = Decimal(0), negative: bool = False) -> Decimal:
    """The cell as an amount: a point for decimals, commas only between thousands. Empty gives `default` (None: refuse)."""
    text = row.text(column)
    if not text and default is not None:
        return default
    if not text:
        raise Bad(row, column, "The cell is empty. Write an amount like 1234.50.", kind="amount")
    value = decimal(text)
    if value is None:
        raise Bad(row, column, f"{_shown(text)} is not an amount. Write it like 1234.50.", kind="amount")
    if value < 0 and not negative:
        raise Bad(row, column, f"{_shown(text)} is below zero.", kind="amount")
    if abs(value) > MAX_AMOUNT:
        raise Bad(row, column, f"{_shown(text)} is more than any order we can book.")
    return value


def count(row: Row, column: str, *, least: int = 1) -> int:
    """The cell as a whole number of units, from `least` to a million."""
    text = row.text(column)
    if not text:
        raise Bad(row, column, f"The cell is empty. Write a whole number from {least} to {MAX_QTY:,}.", kind="count")
    if not re.fullmatch(r"[0-9]{1,7}(\.0+)?", text) or not least <= int(float(text)) <= MAX_QTY:
        raise Bad(row, column, f"{_shown(text)} is not a whole number from {least} to {MAX_QTY:,}.", kind="count")
    return int(float(text))


def moment(row: Row, column: str, formats: Sequence[str], zone: tzinfo = UTC) -> datetime | None:
    """The cell as a moment in UTC; times without an offset are read in `zone`. None when empty."""
    text = row.text(column)
    if not text:
        return None
    for form in formats:
        try:
            read = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)
            at = (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if at.year < EARLIEST:
            raise Bad(row, column, f"{_shown(text)} is before {EARLIEST}; no order is that old.", kind="date")
        return at
    reason = f"{_shown(text)} is not a date that exists. Write it like {examples(formats)}."
    raise Bad(row, column, reason, kind="date")


def currency(row: Row, column: str, default: str = "") -> str:
    text = row.text(column).upper() or default
    if text not in CURRENCIES:
        raise Bad(row, column, f"{_shown(text)} is not a currency code like EUR.", kind="currency")
    return text


def email(row: Row, column: str) -> str:
    """The cell as an e-mail address; empty is none."""
    text = row.text(column)
    if text and not re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+", text):
        raise Bad(row, column, f"{_shown(text)} is no e-mail address.", kind="email")
    return text


def country(text: str) -> str:
    """ISO 3166 alpha-2 for a code or an English name; "" when it is neither."""
    text = text.strip()
    if re.fullmatch("[A-Za-z]{2}", text):
        return text.upper()
    return COUNTRIES.get(text.casefold(), "")


def unapostrophed(text: str) -> str:
    """Spreadsheet exports put an apostrophe before text that looks like a number: '10250."""
    return text[1:] if text.startswith("'") else text


def priced(value: Decimal, qty: int, code: str) -> list[tuple[int, Decimal]]:
    """(units, unit price) parts that are together exactly `qty` units worth `value`; one part wherever it divides."""
    unit = value / qty
    if unit == unit.quantize(Decimal("0.0001")):
        return [(qty, unit.quantize(Decimal("0.0001")))]
    places = exponent(code)
    low, more = divmod(int(quantize(value, code).scaleb(places)), qty)
    parts = [(more, low + 1), (qty - more, low)]
    return [(units, Decimal(coins).scaleb(-places)) for units, coins in parts if units]


def grouped(rows: Iterable[Row], column: str) -> tuple[dict[str, list[Row]], list[RowReject]]:
    """Rows by the order they name, in file order; rows that name none are refused."""
    groups: dict[str, list[Row]] = {}
    rejects = []
    for row in rows:
        key = row.text(column)
        if not key:
            name, why = row.bad or (column, "The order's number is empty, so the row belongs to no order.")
            rejects.append(_reject(row, name, why))
        else:
            groups.setdefault(key, []).append(row)
    return groups, rejects


def build_each(
    groups: dict[str, list[Row]], make: Callable[[str, list[Row]], OrderDraft], rejects: list[RowReject]
) -> list[OrderDraft]:
    """Make a draft per group; a cell that cannot be read refuses its whole order and no other."""
    drafts = []
    for key, rows in groups.items():
        broken = next((row for row in rows if row.bad), None)
        if broken and broken.bad:
            rejects.append(_reject(broken, *broken.bad, key))
            continue
        try:
            draft = make(key, rows)
            _exact(draft, rows[0])
        except Bad as bad:
            rejects.append(_rejected(bad, key))
        except SeveralBad as several:
            rejects += [_rejected(bad, key) for bad in several.bads]
        else:
            drafts.append(replace(draft, source_file=rows[0].file))
    rejects.sort(key=lambda r: r.row)
    return drafts


def _reject(row: Row, column: str, reason: str, key: str = "", kind: str = "", suggestion: str = "") -> RowReject:
    value = row.text(column)[:120].replace("\0", "")
    return RowReject(row.number, column, reason, key[:120], value, row.file, kind, suggestion)


def _rejected(bad: Bad, key: str) -> RowReject:
    return _reject(bad.row, bad.column, bad.reason, key, bad.kind, bad.suggestion)


def _exact(draft: OrderDraft, head: Row) -> None:
    """Every part in whole coins and their sum the total: what is stored later is what the source said."""
    parts = [draft.line_total(line) for line in draft.lines]
    parts += [line.tax for line in draft.lines] + [draft.shipping, draft.shipping_tax, draft.adjustment]
    for part in parts:
        if part != quantize(part, draft.currency):
            raise Bad(
                head,
                "",
                f"The order has an amount finer than the smallest coin of {draft.currency}: {part.normalize():f}.",
            )
    if draft.total is not None and draft.total != draft.computed_total():
        raise Bad(head, "", f"The order's total {draft.total} is not the sum of its parts, {draft.computed_total()}.")
    if draft.computed_total() < 0:
        raise Bad(head, "", f"The order's total is below zero: {draft.computed_total()}.")


def _shown(text: str) -> str:
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def examples(formats: Sequence[str]) -> str:
    """One day in the first two ways that are read."""
    day = datetime(2026, 3, 22, 14, 5, tzinfo=UTC)
    return " or ".join("2026-03-22" if form == "iso" else day.strftime(form) for form in formats[:2])
