"""Open a file somebody exported and hand out its rows as text: packing, encoding and delimiter are found out here.

Nothing is guessed quietly: text that cannot be read for sure is refused with the row and the column it stands in.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oms.kernel.errors import Refused

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELL = 100 * 1024
DELIMITERS = ",\t;|"
# The csv module's own limit would end the whole file; ours refuses one row and says which.
csv.field_size_limit(MAX_UNPACKED)


@dataclass(frozen=True)
class Row:
    """One row by column name, `number` as a spreadsheet counts (header = 1). `bad`: (column, sentence) if unreadable."""

    number: int
    cells: dict[str, str]
    bad: tuple[str, str] | None = None
    file: str = ""

    def text(self, column: str) -> str:
        """The cell without surrounding space; "" when empty or when the layout has no such column."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True)
class Table:
    """A whole file: its column names in order and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]

    def require(self, *columns: str) -> None:
        """Refuse the file, naming every column it lacks."""
        missing = [c for c in columns if c not in self.columns]
        if missing:
            names = ", ".join(f"“{c}”" for c in missing)
            word = "column" if len(missing) == 1 else "columns"
            raise Refused(
                "column_missing",
                f"{self.name} has no {word} {names}. Export it again with all columns.",
                columns=missing,
            )

    def has(self, *columns: str) -> bool:
        return all(c in self.columns for c in columns)


def read_table(path: str | Path) -> Table:
    """Read one file. Refuses what is missing, too large, not text, empty, or has a quotation mark that never closes."""
    path = Path(path)
    text = _decode(_bytes(path), path.name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(reader, None)
        if header is None or not any(cell.strip() for cell in header):
            raise Refused("file_empty", f"{path.name} is empty. Its first row must name the columns.")
        columns = _columns(header, path.name)
        rows = list(_rows(reader, columns, path.name))
    except csv.Error as error:
        raise Refused(
            "file_broken",
            f"{path.name} cannot be read near line {reader.line_num}: a quotation mark is not closed or stands inside text "
            f"({error}).",
        ) from error
    return Table(path.name, tuple(c for c in columns if c), rows)


def read_tables(paths: Sequence[str | Path]) -> list[Table]:
    """Read every file; a folder stands for the data files in it."""
    return [read_table(path) for path in expand(paths)]


def expand(paths: Iterable[str | Path]) -> list[Path]:
    """The files meant by `paths`. Refuses a path that does not exist and a folder without data files."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.name.lower().endswith(ENDINGS))
            if not inside:
                raise Refused("folder_empty", f"There is no csv, tsv, txt or gz file in {path}.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise Refused("file_missing", f"There is no file {path}.")
    return found


ENDINGS = (".csv", ".tsv", ".txt", ".gz")


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused("file_large", f"{path.name} is larger than 50 MB. Split it into smaller files.")
        raw = path.read_bytes()
    except OSError as error:
        raise Refused("file_unreadable", f"{path.name} cannot be opened: {error.strerror}.") from error
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as packed:
            unpacked = packed.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused("file_broken", f"{path.name} is packed, but damaged: {error}.") from error
    if len(unpacked) > MAX_UNPACKED:
        raise Refused("file_large", f"{path.name} unpacks to more than 400 MB. Split it into smaller files.")
    return unpacked


def _decode(raw: bytes, name: str) -> str:
    """UTF-16 by its mark, UTF-8 with or without mark, else Windows-1252 (what spreadsheets in the West save)."""
    if raw.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise Refused("file_not_text", f"{name} is not a text file. Save it as CSV first.")
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding_unknown", f"{name} is neither UTF-8, UTF-16 nor Windows-1252 text. Save it as UTF-8.")


def _delimiter(text: str) -> str:
    """The delimiter that occurs most often in the header outside quotes; a single column reads as comma-separated."""
    header, quoted = text[: text.find("\n") if "\n" in text else len(text)], False
    counts = dict.fromkeys(DELIMITERS, 0)
    for char in header:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in counts:
            counts[char] += 1
    return max(DELIMITERS, key=lambda d: counts[d])


def _columns(header: list[str], name: str) -> list[str]:
    columns = [cell.strip().lstrip("\ufeff") for cell in header]
    twice = sorted({c for c in columns if c and columns.count(c) > 1})
    if twice:
        raise Refused("column_twice", f"{name} has the column “{twice[0]}” twice; it is not clear which one counts.")
    return columns


def _rows(reader: Iterator[list[str]], columns: list[str], name: str) -> Iterator[Row]:
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        by_name = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
        yield Row(number, by_name, _trouble(columns, cells), name)


def _trouble(columns: list[str], cells: list[str]) -> tuple[str, str] | None:
    if any(cell.strip() for cell in cells[len(columns) :]):
        return (
            "",
            f"The row has {len(cells)} cells, the header {len(columns)}. Put text with commas in quotation marks.",
        )
    for column, cell in zip(columns, cells, strict=False):
        if "\0" in cell:
            return column, "The cell contains a NUL character, which no text has. Export the file again."
        if len(cell) > MAX_CELL:
            return column, f"The cell is longer than {MAX_CELL // 1024} KB. Shorten it."
    return None
