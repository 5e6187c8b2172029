"""Read a file of stock levels, CSV or Excel: columns sku, location, on_hand; others are ignored, so that an export goes back in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inventory.imports.product_cells import COLUMNS as OF_PRODUCTS
from oms.kernel.csvout import unguarded
from oms.kernel.errors import Refused
from oms.live.progress import Progress, to_nobody
from oms.tables.files import NO_FIXES, Fixes, Table, named, read_table

COLUMNS = ("sku", "location", "on_hand")
MOST = 1_000_000_000
SAID_EVERY = 5_000  # rows between two words of progress


@dataclass(frozen=True)
class Part:
    """What is taken of a file: its cells as people put them right, and these rows alone (None: all)."""

    fixes: Fixes = field(default_factory=lambda: NO_FIXES)
    rows: frozenset[int] | None = None

    def takes(self, row: int) -> bool:
        return self.rows is None or row in self.rows


WHOLE = Part()


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


def read(path: str | Path, part: Part = WHOLE, progress: Progress = to_nobody) -> Sheet:
    """Every row as a wish or a reject. Refuses a file that is no such table at all, naming what it is where that is clear."""
    table = read_table(path).renamed(plain).mended(part.fixes)
    if not table.has(*COLUMNS[1:]) and (described := [c.name for c in OF_PRODUCTS[1:] if table.has(c.name)]):
        raise Refused(
            "other_kind",
            f"{table.name} describes products: it has {named(described)}, and not “location” and “on_hand”. Check it as products.",
        )
    table.require(*COLUMNS)
    sheet, seen = Sheet(), {}
    for at, row in enumerate(table.rows):
        if at % SAID_EVERY == 0:
            progress("Reading rows", at, len(table.rows))
        cells = tuple(unguarded(row.text(column)) for column in COLUMNS)
        column, reason = row.bad or _row(sheet, row.number, cells, seen)
        if reason:
            value = cells[COLUMNS.index(column)] if column in COLUMNS else ""
            sheet.rejects.append(Reject(row.number, reason, cells, column, value[:120]))
    # Only now: a row that is left out may be the second of a SKU that another one has already.
    return Sheet([w for w in sheet.wanted if part.takes(w.row)], [r for r in sheet.rejects if part.takes(r.row)])


def refuse_levels(table: Table) -> None:
    """Refuse as a file of products one that says what lies where."""
    if table.has(*COLUMNS):
        raise Refused(
            "other_kind",
            f"{table.name} says what lies where: it has “location” and “on_hand”. Check it as stock levels, or take these two columns out.",
        )


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
