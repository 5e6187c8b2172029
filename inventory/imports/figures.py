"""Read what a supplier says they have: two columns, their code or our SKU, and units."""

import csv
import io
import re

from oms.kernel.errors import Refusal, Refused

MOST_BYTES = 5_000_000
MOST_LINES = 20_000


def read_figures(text: str, file: bytes = b"") -> list[tuple[str, int | None]]:
    """(SKU or code, units or None) of typed `text` and of a `file`, a later line over an earlier one.

    A first line whose units are no number is taken as a heading. Refuses, naming each, lines that cannot be read; an
    empty field means that they tell no figure.
    """
    if len(file) > MOST_BYTES:
        raise Refused("file_too_large", "The file is larger than 5 MB. Send the part that changed.")
    found: dict[str, int | None] = {}
    wrong: list[Refusal] = []
    for source in (_text(file), text):
        for at, cells in enumerate(_rows(source), 1):
            sku, units = cells[0], (cells[1] if len(cells) > 1 else "")
            if not sku:
                continue
            if units and not (units.isascii() and units.isdecimal() and len(units) < 9):
                if at > 1:
                    wrong.append(Refusal("line_unreadable", f"Line {at}: “{units[:20]}” is no number of units."))
                continue
            found[sku[:80]] = int(units) if units else None
    if wrong:
        raise Refused.because(wrong[:5])
    if not found:
        raise Refused("nothing_read", "Enter at least one line: SKU or their code, units.")
    return list(found.items())


def _text(file: bytes) -> str:
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError:
        return file.decode("cp1252", errors="replace")


def _rows(text: str) -> list[list[str]]:
    lines = text.replace("\x00", "").splitlines()[:MOST_LINES]
    mark = next((m for m in ("\t", ";") if lines and m in lines[0]), ",")
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)
    return [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
