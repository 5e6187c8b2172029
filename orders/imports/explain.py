"""Make a refused cell mendable: its column as the file calls it, the whole row beside it, and what was probably meant."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from oms.kernel.countries import COUNTRIES
from oms.kernel.currencies import CURRENCIES
from oms.tables.files import Fixes, Row, Table, read_tables
from orders.channels.draft import RowReject
from orders.channels.generic import plain
from orders.channels.matching import MONTH_FIRST, Matching

KEPT_CELLS = 2_000  # rejects whose rows are kept whole; more than that nobody mends by hand
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
SIGNS = {
    "₹": "INR",
    "rs": "INR",
    "rs.": "INR",
    "rupees": "INR",
    "rupee": "INR",
    "$": "USD",
    "us$": "USD",
    "a$": "AUD",
    "€": "EUR",
    "£": "GBP",
}


def explained(
    rejects: Sequence[RowReject], paths: Sequence[str | Path], fixes: Fixes, matching: Matching | None
) -> list[RowReject]:
    """`rejects` with their rows and suggestions. Reads the files once more, and only when something was refused."""
    if not rejects:
        return []
    tables = {table.name: table for table in read_tables(paths, fixes)}
    wanted = {(r.file, r.row) for r in rejects[:KEPT_CELLS]}
    rows = {(name, row.number): row for name, t in tables.items() for row in t.rows if (name, row.number) in wanted}
    only = next(iter(tables)) if len(tables) == 1 else ""
    return [_explained(r, tables.get(r.file or only), rows.get((r.file or only, r.row)), matching) for r in rejects]


def _explained(reject: RowReject, table: Table | None, row: Row | None, matching: Matching | None) -> RowReject:
    column = _in_file(reject.column, table, matching)
    if table is None or row is None:
        return replace(reject, column=column)
    cells = {name: row.text(name) for name in row.index}
    value = cells.get(column, reject.value)
    month_first = matching is not None and matching.times == MONTH_FIRST
    suggestion = reject.suggestion or suggest(reject.kind, value, month_first=month_first)
    return replace(
        reject, file=table.name, column=column, value=value[:200], cells=cells,
        suggestion=suggestion[:200] if suggestion != value else "",
    )  # fmt: skip


def _in_file(column: str, table: Table | None, matching: Matching | None) -> str:
    """Our name of a column back in the file's words."""
    if table is None or not column or column in table.columns:
        return column
    if matching:
        return next((theirs for theirs, ours in matching.columns.items() if ours == column), column)
    return next((theirs for theirs in table.columns if plain(theirs) == column), column)


def suggest(kind: str, value: str, *, month_first: bool = False) -> str:
    """What a cell of `kind` holding `value` was probably meant to hold; "" when that is anybody's guess."""
    match kind:
        case "date":
            return _date(value, month_first=month_first)
        case "amount":
            return _amount(value)
        case "count":
            return _count(value)
        case "currency":
            return _currency(value.strip())
        case "country":
            near = get_close_matches(value.casefold(), COUNTRIES, 1, 0.7)
            return COUNTRIES[near[0]] if near else ""
        case "email":
            return _email(value)
    return ""


def _date(text: str, *, month_first: bool) -> str:
    found = re.search(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", text)
    if found:
        year, one, two = (int(part) for part in found.groups())
        return _day(year, one, two) or _day(year, two, one)
    found = re.search(r"(\d{1,2})\D(\d{1,2})\D(\d{4}|\d{2})\b", text)
    if found:
        one, two, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
        first, second = ((one, two), (two, one)) if month_first else ((two, one), (one, two))
        return _day(year, *first) or _day(year, *second)
    return ""


def _day(year: int, month: int, day: int) -> str:
    """ISO date; the 31st of a shorter month is its last day."""
    if not (1990 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return ""
    for last in range(day, 27, -1) if day > 28 else (day,):
        try:
            return date(year, month, last).isoformat()
        except ValueError:
            continue
    return ""


def _amount(text: str) -> str:
    """1.480,50 and 1 480,50 and ₹ 1,480.50/- and -1480.50 are all 1480.50."""
    kept = re.sub(r"[^\d.,]", "", text).strip(".,")
    if not kept or not any(c.isdigit() for c in kept):
        return ""
    if re.search(r",\d{1,2}$", kept) and "." not in kept[-3:]:
        kept = kept.replace(".", "").replace(",", ".")
    kept = kept.replace(",", "")
    return f"{Decimal(kept):f}" if re.fullmatch(r"\d{1,11}(\.\d+)?", kept) else ""


def _count(text: str) -> str:
    word = text.strip().lower()
    if word in NUMBERS:
        return str(NUMBERS.index(word) + 1)
    if re.fullmatch(r"[\dOoIl]{1,7}", word := text.strip()):
        word = word.translate(str.maketrans("OoIl", "0011"))  # typed on a letter's key, or read from paper
    found = re.search(r"\d{1,7}", word.replace(",", ""))
    return str(int(found[0])) if found and int(found[0]) else ""


def _currency(text: str) -> str:
    if text[:3].upper() in CURRENCIES:
        return text[:3].upper()
    return SIGNS.get(text.lower(), next(iter(get_close_matches(text.upper(), sorted(CURRENCIES), 1, 0.6)), ""))


def _email(text: str) -> str:
    made = re.sub(r"\s*[\[(]?\bat\b[\])]?\s*", "@", text, count=1) if "@" not in text else text
    made = re.sub(r"\s+|[<>;]", "", made).replace(",", ".").replace("@@", "@").replace("..", ".").strip(".")
    return made if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", made) else ""
