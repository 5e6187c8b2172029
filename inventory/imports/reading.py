"""Read a CSV of stock levels: columns sku, location, on_hand; others are ignored, so that an export goes back in."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from oms.kernel.errors import Refused

COLUMNS = ("sku", "location", "on_hand")
MAX_BYTES = 64 * 1024 * 1024
MOST = 1_000_000_000


@dataclass(frozen=True)
class Reject:
    """A row that cannot be taken, and why, in a sentence. `row` counts as the spreadsheet does: the header is row 1.

    `cells` are its SKU, location and figure as the file has them.
    """

    row: int
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    row: int
    sku: str
    location: str
    on_hand: int

    def refused(self, reason: str) -> Reject:
        return Reject(self.row, reason, (self.sku, self.location, str(self.on_hand)))


@dataclass
class Sheet:
    wanted: list[Wanted] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def read(path: str | Path) -> Sheet:
    """Every row as a wish or a reject. Refuses a file that is no such table at all."""
    reader = csv.reader(io.StringIO(_text(Path(path)), newline=""), delimiter=",", strict=True)
    sheet, places, seen = Sheet(), None, {}
    try:
        for number, cells in enumerate(reader, 1):
            if places is None:
                if len(cells) == 1 and (other := next((d for d in ";\t" if d in cells[0]), "")):
                    raise Refused("wrong_separator", f"Columns are separated by {other!r}; save the file with commas.")
                places = _places(cells)
            elif any(cell.strip() for cell in cells):
                found = [cells[i].strip() if i < len(cells) else "" for i in places]
                if reason := _row(sheet, number, found, seen):
                    sheet.rejects.append(Reject(number, reason, tuple(found)))
    except csv.Error as error:
        raise Refused("no_csv", f"Row {reader.line_num} cannot be read as CSV: {error}.") from error
    if places is None:
        raise Refused("file_empty", "The file is empty.")
    return sheet


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused("file_large", f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; split it.")
        return path.read_bytes().decode("utf-8-sig").replace("\0", "")
    except OSError as error:
        raise Refused("file_unreadable", f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", "The file is not UTF-8 text; save it as CSV UTF-8.") from error


def _places(header: list[str]) -> list[int]:
    names = [cell.strip().lower().replace(" ", "_") for cell in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Refused("column_missing", f"The first row lacks {', '.join(missing)}; it needs {', '.join(COLUMNS)}.")
    return [names.index(name) for name in COLUMNS]


def _row(sheet: Sheet, number: int, cells: list[str], seen: dict[tuple[str, str], int]) -> str:
    """Take the row as a wish, or say why not."""
    sku, location, figure = (cell[1:] if cell.startswith("'") else cell for cell in cells)
    units = figure.removesuffix(".0")
    if not sku or not location:
        return f"The {'SKU' if not sku else 'location'} is empty."
    if not (units.isascii() and units.isdigit() and len(units) < 11 and int(units) <= MOST):
        said = f"“{figure[:30]}” is not a number of units" if figure else "on_hand is empty"
        return f"{sku} at {location}: {said}; enter a whole number, zero or more."
    if before := seen.get((sku, location)):
        return f"{sku} at {location} is already in row {before}; keep one of them."
    seen[sku, location] = number
    sheet.wanted.append(Wanted(number, sku, location, int(units)))
    return ""
