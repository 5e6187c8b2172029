"""Read delivery areas from CSV text: `name, channel, location, country, from, to`, or `prefix` in place of `from` and `to`."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from orders.models.delivery import DIGITS, WORDS, possible

COLUMNS = ("name", "channel", "location", "country", "from", "to", "prefix")
MAX_ROWS = 50_000


@dataclass(frozen=True)
class Area:
    """One row, checked: the codes of exactly one channel or location."""

    name: str
    channel: str
    location: str
    country: str
    first: int
    last: int


@dataclass(frozen=True)
class Wrong:
    """Why a row cannot be used; `row` is 1-based with the header as row 1."""

    row: int
    reason: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.reason}"


def read_areas(
    text: str, *, channels: Mapping[str, int], locations: Mapping[str, int]
) -> tuple[list[Area], list[Wrong]]:
    """Every row as an area, or why not; `channels` and `locations` are those known, by code."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff").replace("\x00", "")))
    head = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = head
    if missing := {"country"} - set(head) or ({"from", "to"} - set(head) if "prefix" not in head else set()):
        return [], [Wrong(1, f"The column {sorted(missing)[0]} is missing; the columns are {', '.join(COLUMNS)}.")]
    good, wrong = [], []
    for number, cells in enumerate(rows, start=2):
        if number > MAX_ROWS:
            return good, [*wrong, Wrong(number, f"At most {MAX_ROWS:,} rows in one file.")]
        row = {name: (cells.get(name) or "").strip() for name in COLUMNS}
        if not any(row.values()):
            continue
        found = _area(row, channels, locations)
        if isinstance(found, Area):
            good.append(found)
        else:
            wrong.append(Wrong(number, found))
    if not good and not wrong:
        wrong.append(Wrong(1, "The file has no rows."))
    return good, wrong


def _area(row: dict[str, str], channels: Mapping[str, int], locations: Mapping[str, int]) -> Area | str:
    if bool(row["channel"]) == bool(row["location"]):
        return "Name a channel or a location by its code, one of the two."
    for kind, known in (("channel", channels), ("location", locations)):
        if row[kind] and row[kind] not in known:
            return f"There is no {kind} with the code “{row[kind][:40]}”."
    country = row["country"].upper()
    if country not in DIGITS:
        return f"“{row['country'][:20]}” is no country we know zones of; write IN or AU."
    codes = _codes(row, DIGITS[country])
    if codes is None or not all(possible(country, code) for code in codes):
        return f"From, to or prefix is no {WORDS[country]}."
    if codes[1] < codes[0]:
        return "The range ends before it starts."
    name = row["name"] or f"{row['channel'] or row['location']} {row['prefix'] or row['from']}"
    return Area(name[:80], row["channel"], row["location"], country, *codes)


def _codes(row: dict[str, str], width: int) -> tuple[int, int] | None:
    if prefix := row["prefix"]:
        if not (prefix.isascii() and prefix.isdecimal()) or len(prefix) > width:
            return None
        rest = width - len(prefix)
        return max(int(prefix.ljust(width, "0")), 200 if width == 4 else 0), int(prefix + "9" * rest)
    first, last = (row[name].replace(" ", "") for name in ("from", "to"))
    last = last or first
    if not all(c.isascii() and c.isdecimal() and len(c) <= width for c in (first, last)):
        return None
    return int(first), int(last)
