"""Read exchange rates from CSV text: `date,currency,rate`, and if given `source` and `in`."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from oms.kernel.clock import business_date
from oms.kernel.currencies import CURRENCIES
from orders.exchange import MOST, PLACES

COLUMNS = ("date", "currency", "rate", "source", "in")
MAX_ROWS = 50_000


@dataclass(frozen=True)
class GivenRate:
    """One unit of `currency` in `into` on `day`."""

    currency: str
    into: str
    day: date
    rate: Decimal
    source: str


def read_rates(text: str, *, book: str, source: str) -> tuple[list[GivenRate], list[str]]:
    """Every row as a rate, and a sentence per row that is none. `source` stands where the file names none."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff").replace("\x00", "")))
    rows.fieldnames = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    if missing := [name for name in COLUMNS[:3] if name not in rows.fieldnames]:
        return [], [f"The column {missing[0]} is missing; the columns are {', '.join(COLUMNS)}."]
    found: dict[tuple[str, str, date], GivenRate] = {}
    wrong = []
    for number, cells in enumerate(rows, start=2):
        row = {name: (cells.get(name) or "").strip() for name in COLUMNS}
        if not any(row.values()):
            continue
        given = _rate(row, book, source) if number <= MAX_ROWS else f"at most {MAX_ROWS:,} rows in one file."
        if isinstance(given, str):
            wrong.append(f"Row {number}: {given}")
            if number > MAX_ROWS:
                break
        elif (known := found.setdefault((given.currency, given.into, given.day), given)).rate != given.rate:
            wrong.append(
                f"Row {number}: {given.currency} has two rates for {given.day}: {known.rate} and {given.rate}."
            )
    if not found and not wrong:
        wrong.append("The file has no rows.")
    return list(found.values()), wrong


def _rate(row: dict[str, str], book: str, source: str) -> GivenRate | str:
    currency, into = row["currency"].upper(), row["in"].upper() or book
    for code in (currency, into):
        if code not in CURRENCIES:
            return f"“{code[:20]}” is no currency code like AUD."
    if into != book:
        return f"the rate is in {into}, and the books are kept in {book}."
    if currency == into:
        return f"{currency} is the currency of the books; it needs no rate."
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        return f"“{row['date'][:20]}” is no day like 2026-11-03."
    if day > business_date():
        return f"{day} is in the future."
    try:
        rate = Decimal(row["rate"])
    except InvalidOperation:
        return f"“{row['rate'][:20]}” is no number like 55.2."
    if not rate.is_finite() or not 0 < rate < MOST or rate != round(rate, PLACES):
        return f"{row['rate'][:30]} cannot be a rate: above zero, at most {PLACES} decimals."
    if not (row["source"] or source):
        return "the source is missing: where does the rate come from?"
    return GivenRate(currency, into, day, rate, (row["source"] or source)[:80])
