"""Read a file of products, CSV or Excel: every row as what it gives, or as what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.imports.product_cells import COLUMNS, KEY, ProductColumn, Unusable
from inventory.imports.reading import SAID_EVERY, WHOLE, Part, Reject, plain, refuse_levels
from oms.kernel.csvout import unguarded
from oms.kernel.errors import Refused
from oms.live.progress import Progress, to_nobody
from oms.tables.files import Row, Table, named, read_table


@dataclass(frozen=True, slots=True)
class Described:
    """What a row says of a product: `given` by field, without the empty cells. `cells` as the file has them."""

    row: int
    sku: str
    given: dict[str, Any]
    cells: tuple[str, ...]

    def refused(self, reason: str, column: str = KEY.name) -> Reject:
        value = self.sku if column == KEY.name else ""
        return Reject(self.row, reason, self.cells, column, value[:120])


@dataclass
class ProductFile:
    """`columns` are those of the file that are read, in our order; `unread` its other ones."""

    columns: tuple[str, ...]
    unread: tuple[str, ...]
    described: list[Described] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def read_products(path: str | Path, part: Part = WHOLE, progress: Progress = to_nobody) -> ProductFile:
    """Every row that has anything in it. Refuses a file that cannot be read, names no SKUs, or is one of stock levels."""
    table = read_table(path).renamed(plain).mended(part.fixes)
    refuse_levels(table)
    columns = [column for column in COLUMNS if table.has(column.name)]
    if KEY not in columns or len(columns) == 1:
        known = named(c.name for c in COLUMNS)
        raise Refused(
            "column_missing",
            f"{table.name} needs a column “sku” and one more of {known}. It has {named(table.columns)}.",
        )
    file = ProductFile(tuple(c.name for c in columns), _unread(table, columns))
    seen: dict[str, int] = {}
    for at, row in enumerate(table.rows):
        if at % SAID_EVERY == 0:
            progress("Reading rows", at, len(table.rows))
        _take(file, row, columns, seen)
    # Only now: a row that is left out may be the second of a SKU that another one has already.
    file.described = [d for d in file.described if part.takes(d.row)]
    file.rejects = [r for r in file.rejects if part.takes(r.row)]
    return file


def _unread(table: Table, columns: Sequence[ProductColumn]) -> tuple[str, ...]:
    read = {column.name for column in columns}
    # The two that we add to a file of rejects say nothing of the product.
    return tuple(name for name in table.columns if name not in read | {"row", "reason"})


def _take(file: ProductFile, row: Row, columns: Sequence[ProductColumn], seen: dict[str, int]) -> None:
    cells = tuple(unguarded(row.text(column.name)) for column in columns)
    if row.bad:
        column, reason = row.bad
        file.rejects.append(Reject(row.number, reason, cells, column, ""))
        return
    given: dict[str, Any] = {}
    wrong: list[Reject] = []
    for column, cell in zip(columns, cells, strict=True):
        try:
            if cell:
                given[column.field] = column.read(cell)
        except Unusable as why:
            shown = f"{cell[:40]}…" if len(cell) > 40 else cell
            wrong.append(Reject(row.number, f"“{shown}” {why}", cells, column.name, cell[:120]))
    sku = given.pop(KEY.field, "")
    if not sku and not any(reject.column == KEY.name for reject in wrong):
        wrong.append(Reject(row.number, "The SKU is empty.", cells, KEY.name, ""))
    elif sku and (before := seen.setdefault(sku, row.number)) != row.number:
        reason = f"{sku} is already in row {before}; keep one of them."
        wrong.append(Reject(row.number, reason, cells, KEY.name, sku))
    if wrong:
        file.rejects += wrong
    else:
        file.described.append(Described(row.number, sku, given, cells))
