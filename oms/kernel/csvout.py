"""The one way text leaves as CSV: streamed, readable by spreadsheets, and never a formula.

A customer who is called `=HYPERLINK(...)` must arrive in a spreadsheet as text. Numbers stay numbers.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from oms.kernel.clock import business_zone

# What spreadsheets take for the start of a formula, full-width forms included.
_FORMULA_START = frozenset("=+-@\t\r\n\0＝＋－＠")
_INVISIBLE = " \u00a0\u200b\u200e\u200f\ufeff"
BOM = "\ufeff"


def guarded(text: str) -> str:
    """`text` with an apostrophe in front when a spreadsheet would run it; NULs, which no CSV reader takes, removed."""
    risky = text[:1] in _FORMULA_START or text.lstrip(_INVISIBLE)[:1] in _FORMULA_START
    clean = text.replace("\0", "")
    return f"'{clean}" if risky else clean


def unguarded(text: str) -> str:
    """What `guarded` made its apostrophe from; any other text as it is."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text


def cell(value: Any) -> str:
    """One value as CSV text: numbers plain, moments in the business zone (ISO 8601), yes and no, text guarded."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value, "f")
        case int() | float():
            return str(value)
        case datetime() if value.tzinfo:
            return value.astimezone(business_zone()).isoformat(sep=" ", timespec="minutes")
        case _:
            return guarded(str(value))


def stream(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the file line by line: byte order mark (so that ₹ survives), header, then one line per row."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([guarded(title) for title in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


class _Echo:
    """Hands each written line back to the caller instead of collecting the file in memory."""

    def write(self, line: str) -> str:
        return line
