"""Put refused cells right in the browser. The file stays as it came; each change says who, when, before and after."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.kernel.errors import Refused
from orders.imports.rules import require_files, require_idle
from orders.models import ImportBatch, ImportFix, ImportRow

MAX_CELL = 4000


@transaction.atomic
def mend_cells(number: str, cells: Mapping[tuple[int, str], str], *, actor: Any) -> int:
    """Keep new values by (key of a refused row, column); returns how many cells changed.

    Values that are the same as in the file are no change. Refuses while a worker is at the batch, rows that are no longer
    listed, files that are kept no longer, columns the row has not, and text no cell can hold.
    """
    batch = ImportBatch.objects.select_for_update().get(number=number)
    require_idle(batch)
    require_files(batch)
    rows = {row.pk: row for row in batch.rejects.filter(pk__in={pk for pk, _ in cells})}
    made: dict[tuple[str, int, str], ImportFix] = {}
    for (pk, column), after in cells.items():
        if pk not in rows:
            raise Refused("row_gone", "A row was checked again meanwhile. Reload the page and look at what is left.")
        fix = _fix(batch, rows[pk], column, after, actor)
        if fix:
            made[fix.file, fix.row, fix.column] = fix
    ImportFix.objects.bulk_create(made.values())
    return len(made)


def _fix(batch: ImportBatch, row: ImportRow, column: str, after: str, actor: Any) -> ImportFix | None:
    if column not in row.cells:
        raise Refused("column_missing", f"Row {row.row} has no column “{column[:60]}”.")
    after = after.replace("\r\n", "\n").strip()
    if "\0" in after or len(after) > MAX_CELL:
        raise Refused("cell_bad", f"Row {row.row}, {column}: write at most {MAX_CELL:,} characters of plain text.")
    before = row.cells[column]
    if after == before:
        return None
    return ImportFix(batch=batch, file=row.file, row=row.row, column=column, before=before, after=after, by=actor)
