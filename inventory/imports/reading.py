"""Read a file of stock levels, CSV or Excel: columns sku, location, on_hand; others are ignored, so that an export goes back in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oms.kernel.csvout import unguarded
from oms.tables.files import read_table

COLUMNS = ("sku", "location", "on_hand")
MOST = 1_000_000_000


@dataclass(frozen=True)
class Reject:
    """A row that cannot be taken, and why, in a sentence. `row` counts as the spreadsheet does: the header is row 1.

    `cells` are those of the columns that are read, as the file has them; `column` and `value` say which one is wrong.
    """

    row: int
    reason: str
    cells: tuple[str, ...] = ()
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Wanted:
    row: int
    sku: str
    location: str
    on_hand: int

    def refused(self, reason: str, column: str = "on_hand") -> Reject:
        cells = (self.sku, self.location, str(self.on_hand))
        return Reject(self.row, reason, cells, column, cells[COLUMNS.index(column)][:120])


@dataclass
class Sheet:
    wanted: list[Wanted] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def read(path: str | Path) -> Sheet:
    """Every row as a wish or a reject. Refuses a file that is no such table at all."""
    table = read_table(path).renamed(plain)
    table.require(*COLUMNS)
    sheet, seen = Sheet(), {}
    for row in table.rows:
        cells = tuple(unguarded(row.text(column)) for column in COLUMNS)
        column, reason = row.bad or _row(sheet, row.number, cells, seen)
        if reason:
            value = cells[COLUMNS.index(column)] if column in COLUMNS else ""
            sheet.rejects.append(Reject(row.number, reason, cells, column, value[:120]))
    return sheet


def plain(name: str) -> str:
    """A column's name however people write it: On hand, on_hand."""
    return "_".join(name.lower().split())


def _row(sheet: Sheet, number: int, cells: Sequence[str], seen: dict[tuple[str, str], int]) -> tuple[str, str]:
    """Take the row as a wish, or say which column is wrong and why."""
    sku, location, figure = cells
    units = figure.removesuffix(".0")
    if not sku or not location:
        return ("sku", "The SKU is empty.") if not sku else ("location", "The location is empty.")
    if not (units.isascii() and units.isdigit() and len(units) < 11 and int(units) <= MOST):
        said = f"“{figure[:30]}” is not a number of units" if figure else "on_hand is empty"
        return "on_hand", f"{sku} at {location}: {said}; enter a whole number, zero or more."
    if before := seen.get((sku, location)):
        return "sku", f"{sku} at {location} is already in row {before}; keep one of them."
    seen[sku, location] = number
    sheet.wanted.append(Wanted(number, sku, location, int(units)))
    return "", ""
