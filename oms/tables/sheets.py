"""Excel workbooks as rows of text. Only the first sheet is read, formulas as the values they last showed."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from openpyxl import load_workbook

from oms.kernel.errors import Refused

MAX_UNPACKED = 200 * 1024 * 1024
MAX_COLUMNS = 500


def is_workbook(raw: bytes) -> bool:
    """Whether `raw` is an xlsx file, whatever its name says; other zip archives are not."""
    if not raw.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            return "[Content_Types].xml" in packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def sheet_rows(raw: bytes, name: str) -> Iterator[list[str]]:
    """The rows of the first sheet. Refuses damaged files and those that unpack to more than 200 MB."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise Refused("file_large", f"{name} unpacks to more than 200 MB. Split it into smaller files.")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        # A single cell far to the right must not make every row that wide.
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS):
            yield [_text(cell) for cell in row] if any(cell is not None for cell in row) else []
    except Refused:
        raise
    except Exception as error:  # openpyxl answers a damaged workbook with whatever its parser met first
        raise Refused("file_broken", f"{name} is not a readable Excel workbook. Save it again, or as CSV.") from error


def _text(cell: Any) -> str:
    """What a person sees in the cell, in the notation the readers take."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime | date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, int | float):
        # Excel stores 19.99 as the nearest binary fraction; its shortest writing is the number that was typed.
        number = Decimal(repr(cell)) if repr(cell) not in ("inf", "-inf", "nan") else None
        return str(cell) if number is None else f"{number:f}".removesuffix(".0")
    return normalize("NFC", str(cell))  # as text files are read: a name typed on a Mac is the same name
