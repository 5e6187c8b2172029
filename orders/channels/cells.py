"""Turn a cell into an amount, a count or a moment, or say exactly why it is none."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from oms.kernel.money import allocate, exponent
from orders.channels.draft import OrderDraft, RowReject
from orders.channels.files import Row

MAX_AMOUNT = Decimal(10) ** 11
MAX_QTY = 1_000_000
_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{2,3})+)(\.\d{1,4}0*)?")


class Bad(Exception):
    """One cell makes its whole order unusable; carries where and why for the person who has to repair it."""

    def __init__(self, row: Row, column: str, reason: str) -> None:
        self.row, self.column, self.reason = row, column, reason
        super().__init__(reason)


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
    if not _NUMBER.fullmatch(text):
        raise Bad(row, column, f"{_shown(text)} is not an amount. Write it like 1234.50.")
    value = Decimal(text.replace(",", ""))
    if value < 0 and not negative:
        raise Bad(row, column, f"{column} is below zero ({_shown(text)}).")
    if abs(value) > MAX_AMOUNT:
        raise Bad(row, column, f"{_shown(text)} is more than any order we can book.")
    return value


def count(row: Row, column: str, *, least: int = 1) -> int:
    """The cell as a whole number of units, from `least` to a million."""
    text = row.text(column)
    if not re.fullmatch(r"\d{1,7}(\.0+)?", text) or not least <= int(float(text)) <= MAX_QTY:
        raise Bad(row, column, f"{_shown(text)} is not a whole number from {least} to {MAX_QTY:,}.")
    return int(float(text))


def moment(row: Row, column: str, formats: Sequence[str], zone: tzinfo = UTC) -> datetime | None:
    """The cell as a moment in UTC; times without an offset are read in `zone`. None when empty."""
    text = row.text(column)
    if not text:
        return None
    for form in formats:
        try:
            read = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)
            return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Bad(row, column, f"{_shown(text)} is not a date that exists. Write it like {_example(formats[0])}.")


def currency(row: Row, column: str, default: str = "") -> str:
    text = row.text(column).upper() or default
    try:
        exponent(text)
    except ValueError:
        raise Bad(row, column, f"{_shown(text)} is not a currency code like EUR.") from None
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
    parts = allocate(value, [1] * qty, code)
    return [(parts.count(price), price) for price in sorted(set(parts), reverse=True)]


def grouped(rows: Iterable[Row], column: str) -> tuple[dict[str, list[Row]], list[RowReject]]:
    """Rows by the order they name, in file order; rows that name none are refused."""
    groups: dict[str, list[Row]] = {}
    rejects = []
    for row in rows:
        key = row.text(column)
        if not key:
            name, why = row.bad or (column, f"{column} is empty, so the row belongs to no order.")
            rejects.append(RowReject(row.number, name, why))
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
            rejects.append(RowReject(broken.number, *broken.bad, external_id=key[:120]))
            continue
        try:
            drafts.append(make(key, rows))
        except Bad as bad:
            rejects.append(RowReject(bad.row.number, bad.column, bad.reason, key[:120]))
    rejects.sort(key=lambda r: r.row)
    return drafts


def _shown(text: str) -> str:
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def _example(form: str) -> str:
    return "2026-03-22 14:05:00" if form == "iso" else datetime(2026, 3, 22, 14, 5, tzinfo=UTC).strftime(form)


COUNTRIES = {
    name.casefold(): code
    for code, names in {
        "AR": ["Argentina"], "AT": ["Austria"], "AU": ["Australia"], "BE": ["Belgium"], "BG": ["Bulgaria"],
        "BR": ["Brazil"], "CA": ["Canada"], "CH": ["Switzerland"], "CL": ["Chile"], "CN": ["China"], "CZ": ["Czech Republic", "Czechia"],
        "DE": ["Germany"], "DK": ["Denmark"], "EE": ["Estonia"], "ES": ["Spain"], "FI": ["Finland"], "FR": ["France"],
        "GB": ["United Kingdom", "Great Britain", "UK"], "GR": ["Greece"], "HK": ["Hong Kong"], "HR": ["Croatia"], "HU": ["Hungary"],
        "ID": ["Indonesia"], "IE": ["Ireland"], "IL": ["Israel"], "IN": ["India"], "IS": ["Iceland"], "IT": ["Italy"], "JP": ["Japan"],
        "KR": ["South Korea", "Korea, Republic of"], "LT": ["Lithuania"], "LU": ["Luxembourg"], "LV": ["Latvia"], "MT": ["Malta"],
        "MX": ["Mexico"], "MY": ["Malaysia"], "NL": ["Netherlands", "The Netherlands"], "NO": ["Norway"], "NZ": ["New Zealand"],
        "PH": ["Philippines", "The Philippines"], "PL": ["Poland"], "PT": ["Portugal"], "RO": ["Romania"], "RS": ["Serbia"],
        "SE": ["Sweden"], "SG": ["Singapore"], "SI": ["Slovenia"], "SK": ["Slovakia"], "TH": ["Thailand"], "TR": ["Turkey"],
        "TW": ["Taiwan"], "US": ["United States", "United States of America", "USA"], "VN": ["Vietnam"], "ZA": ["South Africa"],
        "AE": ["United Arab Emirates"], "SA": ["Saudi Arabia"], "QA": ["Qatar"], "KW": ["Kuwait"], "PR": ["Puerto Rico"],
        "CY": ["Cyprus"], "UA": ["Ukraine"], "CR": ["Costa Rica"], "CO": ["Colombia"], "PE": ["Peru"], "BM": ["Bermuda"],
    }.items()
    for name in names
}  # fmt: skip
