"""Open a file somebody exported and hand out its rows as text: packing, encoding and delimiter are found out here.

Nothing is guessed quietly: text that cannot be read for sure is refused with the row and the column it stands in. Formulas
stay the text they are; whoever writes a spreadsheet escapes them there.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from unicodedata import is_normalized, normalize

from oms.kernel.errors import Refused
from oms.tables.segments import is_x12, segment_rows
from oms.tables.sheets import is_workbook, sheet_rows
from oms.tables.trees import is_json, tree_rows

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 500_000
MAX_CELL = 100 * 1024
MAX_NAME = 200
DELIMITERS = ",\t;|"
ENDINGS = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".json", ".edi", ".x12")
# Cells put right by a person after the file was made: (file name, row, column) -> what stands there now.
Fixes = Mapping[tuple[str, int, str], str]
NO_FIXES: Fixes = {}
# The csv module's own limit would end the whole file; ours refuses one row and says which.
csv.field_size_limit(MAX_UNPACKED)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, `number` as a spreadsheet counts (header = 1). `bad`: (column, sentence) if unreadable.

    All rows of a file share one `index` from column name to position: a hundred thousand rows stay small.
    """

    number: int
    values: list[str]
    index: dict[str, int]
    bad: tuple[str, str] | None = None
    file: str = ""

    def has(self, column: str) -> bool:
        """Whether the layout has such a column at all."""
        return column in self.index

    def text(self, column: str) -> str:
        """The cell without surrounding space; "" when empty or when the layout has no such column."""
        at = self.index.get(column, MAX_ROWS)
        return self.values[at].strip() if at < len(self.values) else ""


@dataclass(frozen=True)
class Table:
    """A whole file: its column names in order and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]

    def require(self, *columns: str) -> None:
        """Refuse the file, naming every column it lacks and those it has."""
        missing = [c for c in columns if c not in self.columns]
        if missing:
            word = "column" if len(missing) == 1 else "columns"
            raise Refused(
                "column_missing",
                f"{self.name} has no {word} {named(missing)}. It has {named(self.columns)}. Export it again with all columns.",
                columns=missing,
            )

    def has(self, *columns: str) -> bool:
        return all(c in self.columns for c in columns)

    def renamed(self, rename: Callable[[str], str]) -> "Table":
        """The same rows under other column names. Refuses names that fall together."""
        columns = [rename(c) for c in self.columns]
        _refuse_twice(columns, self.name)
        index: dict[str, int] = {}
        for row in self.rows[:1]:
            index = {rename(c): at for c, at in row.index.items()}
        rows = [Row(r.number, r.values, index, r.bad and (rename(r.bad[0]), r.bad[1]), r.file) for r in self.rows]
        return Table(self.name, tuple(columns), rows)

    def mended(self, fixes: Fixes) -> "Table":
        """The same table with cells put right, by the names its columns have now."""
        if not fixes or not self.rows:
            return self
        index = self.rows[0].index
        columns = [""] * (max(index.values()) + 1)
        for column, at in index.items():
            columns[at] = column
        return Table(self.name, self.columns, _fixed(self.rows, columns, fixes))


def named(columns: Iterable[str]) -> str:
    """Column names in quotes, not more than a person reads."""
    shown = [f"“{c}”" for c in columns]
    return ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")


def read_table(path: str | Path, fixes: Fixes = NO_FIXES) -> Table:
    """Read one file. Refuses what is missing, too large, not text, empty, or has a quotation mark that never closes.

    A row of a JSON file is one order, its columns the paths into it; a row of an X12 file is one segment.
    """
    path = Path(path)
    raw = _bytes(path)
    if is_x12(raw) or is_json(raw):
        made = segment_rows if is_x12(raw) else tree_rows
        rows = [
            Row(number, list(cells.values()), {c: at for at, c in enumerate(cells)}, None, path.name)
            for number, cells in made(_decode(raw, path.name), path.name)
        ]
        columns = list(dict.fromkeys(c for row in rows for c in row.index))
    else:
        columns, source = _open(raw, path.name)
        rows = list(_rows(source, columns, path.name))
    if fixes:
        rows = _fixed(rows, columns, fixes)
    return Table(path.name, tuple(c for c in columns if c), rows)


def columns_of(path: str | Path) -> tuple[str, ...]:
    """The column names of one file; refuses like `read_table`, except for what stands below the header."""
    return tuple(preview_of(path, 0)[0])


def preview_of(path: str | Path, rows: int) -> tuple[list[str], list[list[str]]]:
    """The column names of one file and its first `rows` rows, without reading the rest."""
    path = Path(path)
    raw = _bytes(path)
    if is_x12(raw) or is_json(raw):
        table = read_table(path)
        return list(table.columns), [[row.text(c) for c in table.columns] for row in table.rows[:rows]]
    columns, source = _open(raw, path.name)
    kept = [at for at, column in enumerate(columns) if column]
    first = [[cells[at].strip() if at < len(cells) else "" for at in kept] for cells in islice(source, rows)]
    return [columns[at] for at in kept], first


def _fixed(rows: list[Row], columns: list[str], fixes: Fixes) -> list[Row]:
    touched = {(file, number) for file, number, _ in fixes}
    return [_mended(r, columns, fixes) if (r.file, r.number) in touched else r for r in rows]


def _mended(row: Row, columns: list[str], fixes: Fixes) -> Row:
    values = [*row.values, *[""] * (len(row.index) - len(row.values))]
    for column, at in row.index.items():
        values[at] = fixes.get((row.file, row.number, column), values[at])
    return Row(row.number, values, row.index, _trouble(columns, values) if row.bad else None, row.file)


def _open(raw: bytes, name: str) -> tuple[list[str], Iterator[list[str]]]:
    source = sheet_rows(raw, name) if is_workbook(raw) else _text_rows(_decode(raw, name), name)
    header = next(source, None)
    if header is None or not any(cell.strip() for cell in header):
        raise Refused("file_empty", f"{name} is empty. Its first row must name the columns.")
    return _columns(header, name), source


def _text_rows(text: str, name: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Refused(
            "file_broken",
            f"{name} cannot be read near line {reader.line_num}: a quotation mark is not closed or stands inside text "
            f"({error}).",
        ) from error


def read_tables(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> list[Table]:
    """Read every file; a folder stands for the data files in it."""
    return [read_table(path, fixes) for path in expand(paths)]


def expand(paths: Iterable[str | Path]) -> list[Path]:
    """The files meant by `paths`. Refuses a path that does not exist and a folder without data files."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and p.name.lower().endswith(ENDINGS))
            if not inside:
                raise Refused("folder_empty", f"There is no csv, tsv, txt, gz, xlsx, json or edi file in {path}.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise Refused("file_missing", f"There is no file {path}.")
    return found


def stored_name(name: str) -> str:
    """A name under which an uploaded file can be kept and written to disk: no folders, no odd signs, at most 110 long."""
    return re.sub(r"[^\w. ()+-]", "_", Path(name).name)[-110:] or "file"


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
        raise Refused("file_large", f"{path.name} unpacks to more than 200 MB. Split it into smaller files.")
    return unpacked


def _decode(raw: bytes, name: str) -> str:
    """UTF-16 by its mark or its zero bytes, UTF-8 with or without mark, else Windows-1252 (what Western spreadsheets save).

    Composed to NFC, so that a name typed on a Mac is the same name.
    """
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Refused("file_packed", f"{name} is a zip archive. Unpack it and choose the files inside.")
    if raw.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise Refused("file_not_text", f"{name} is not a text file. Save it as CSV first.")
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            _refuse_mixture(raw, error, name)
            continue
        return text if is_normalized("NFC", text) else normalize("NFC", text)
    raise Refused("encoding_unknown", f"{name} is neither UTF-8, UTF-16 nor Windows-1252 text. Save it as UTF-8.")


def _encodings(raw: bytes) -> tuple[str, ...]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    # A header of plain letters in UTF-16 without its mark: every other byte is zero.
    start = raw[:64]
    if len(start) > 8 and not any(start[1::2]):
        return ("utf-16-le",)
    if len(start) > 8 and not any(start[::2]):
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _refuse_mixture(raw: bytes, error: UnicodeDecodeError, name: str) -> None:
    """A file with real UTF-8 letters beside broken ones is damaged UTF-8; read as Windows-1252 it would be gibberish."""
    if error.encoding != "utf-8":
        return
    letters = raw.decode("utf-8", errors="ignore")
    if not letters.isascii():
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(
            "encoding_mixed",
            f"{name} is UTF-8 text, but line {line} has a character that is not. Save it as UTF-8 again.",
        )


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
    for at, column in enumerate(columns, start=1):
        if len(column) > MAX_NAME or "\0" in column:
            raise Refused(
                "header_broken", f"The first row of {name} does not name columns (cell {at}). Is it the right file?"
            )
    _refuse_twice(columns, name)
    return columns


def _refuse_twice(columns: list[str], name: str) -> None:
    seen: set[str] = set()
    for column in columns:
        if column and column in seen:
            raise Refused("column_twice", f"{name} has the column “{column}” twice; it is not clear which one counts.")
        seen.add(column)


def _rows(source: Iterator[list[str]], columns: list[str], name: str) -> Iterator[Row]:
    index = {column: at for at, column in enumerate(columns) if column}
    for number, values in enumerate(source, start=2):
        if number > MAX_ROWS + 1:
            raise Refused("file_large", f"{name} has more than {MAX_ROWS:,} rows. Split it into smaller files.")
        if any(value.strip() for value in values):
            yield Row(number, values, index, _trouble(columns, values), name)


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
