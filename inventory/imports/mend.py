"""Put refused cells right in the browser. The file stays as it came; each change says who, when, before and after."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from inventory.imports.desk import ask_run
from inventory.models import FileGoal, StockFile
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused

MAX_CELL = 400


@transaction.atomic
def mend_cells(number: str, cells: Mapping[tuple[int, str], str], *, actor: Any) -> int:
    """Keep new values by (row, column) and ask for the check again; returns how many cells changed.

    After an import the rows it left out are checked, and no others. Refuses while a worker is at the file, cells that are no
    longer listed, and text no cell can hold.
    """
    file = StockFile.objects.select_for_update().without_contents().get(number=number)
    if file.is_running:
        raise Refused("file_running", f"{number} is being worked on; wait until it is through.")
    listed = {(r.row, r.column): r for r in file.rejects if r.is_editable}
    who, at, made = as_actor(actor).name, now().isoformat(), []
    for (row, column), typed in cells.items():
        if (row, column) not in listed:
            raise Refused("cell_gone", "A row was checked again meanwhile. Reload the page and look at what is left.")
        after = typed.strip()
        if "\0" in after or len(after) > MAX_CELL or "\n" in after:
            raise Refused("cell_bad", f"Row {row}, {column}: write at most {MAX_CELL} characters in one line.")
        if after != listed[row, column].value:
            made.append([row, column, listed[row, column].value, after, who, at])
    file.fixes += made
    file.save(update_fields=["fixes"])
    ask_run(number, FileGoal.CHECK, actor=actor)
    return len(made)
