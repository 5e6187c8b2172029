"""Files of products and stock that people bring on a page: kept, checked by a worker, written when somebody says so.

The database is the queue, as for imports of orders. What a file writes and the word that it did are one transaction, so a
worker that dies has done nothing and the next one begins again.
"""

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction

from inventory.imports.apply import StockReport, import_stock
from inventory.imports.products import ProductReport, import_products
from inventory.imports.reading import COLUMNS, Part
from inventory.imports.rejects import reject_lines
from inventory.models import FileGoal, FileKind, StockFile
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number
from oms.kernel.runs import Runs
from oms.kernel.text import storable
from oms.live.progress import told_as
from oms.tables.files import MAX_BYTES, stored_name

SHOWN = 200
CUT = 120  # characters of a cell that a reject keeps


def keep_file(name: str, content: bytes, *, kind: str, actor: Any) -> StockFile:
    """Keep an uploaded file and ask for its check. Refuses one that is empty or too large."""
    if not content:
        raise Refused("file_empty", f"{stored_name(name)} is empty. Its first row must name the columns.")
    if len(content) > MAX_BYTES:
        raise Refused("file_large", f"{stored_name(name)} is larger than 50 MB. Split it into smaller files.")
    return StockFile.objects.create(
        number=next_number("inventory_file_seq", "SF"), kind=FileKind(kind), name=stored_name(name), content=content,
        created_by=actor, asked_by=actor,
    )  # fmt: skip


@transaction.atomic
def ask_run(
    number: str, goal: FileGoal, *, actor: Any, leave_out: bool = False, kind: FileKind | None = None
) -> StockFile:
    """Ask for another run: the check again, as a file of another `kind` perhaps, or the import.

    Refuses while one is under way, what is not checked, and a file that is kept no longer.
    """
    file = StockFile.objects.select_for_update().without_contents().get(number=number)
    if file.is_running:
        raise Refused("file_running", f"{number} is being worked on; wait until it is through.")
    if file.forgotten_at:
        raise Refused("file_forgotten", f"{file.name} itself is not kept any more. Upload it again.")
    if kind and kind != file.kind:
        file.kind, file.fixes, file.left_out = kind, [], []
    if goal == FileGoal.WRITE and file.phase != "checked":
        raise Refused("file_unchecked", f"{number} has to be checked first. Choose Check again.")
    if goal == FileGoal.WRITE and not file.to_write:
        raise Refused("file_nothing", "There is nothing to import: everything is so already or has to be mended first.")
    file.goal, file.leave_out, file.asked_by, file.asked_at = goal, leave_out, actor, now()
    file.seen_at, file.finished_at, file.attempts, file.error = None, None, 0, ""
    file.save(
        update_fields=["goal", "leave_out", "asked_by", "asked_at", "seen_at", "finished_at", "attempts", "error", "kind",
                       "fixes", "left_out"]
    )  # fmt: skip
    return file


@transaction.atomic
def _work(file: StockFile) -> None:
    writing = file.goal == FileGoal.WRITE
    with tempfile.TemporaryDirectory(prefix="oms-stock-") as folder:
        path = Path(folder) / file.name
        path.write_bytes(bytes(file.content))
        how: dict[str, Any] = {
            "actor": file.asked_by, "dry_run": not writing, "leave_out": file.leave_out, "part": _part(file),
            "progress": told_as(file.number),
        }  # fmt: skip
        if file.kind == FileKind.PRODUCTS:
            figures = _of_products(import_products(path, **how))
        else:
            figures = _of_stock(import_stock(path, **how, only=file.asked_by.location_codes))
    out = figures.pop("out")
    if writing and figures["rejected"] and not file.leave_out:
        # Stock moved since the check: whoever asked for all of it must look again.
        figures["goal"] = FileGoal.CHECK
    elif writing:
        figures["left_out"] = out
    _end(file, **figures)


def _part(file: StockFile) -> Part:
    """With the cells that people put right. What an import has written is not written again: stock moved since."""
    fixes = {(file.name, row, column): after for row, column, _, after, *_ in file.fixes}
    return Part(fixes, frozenset(file.left_out) if file.left_out else None)


def _of_products(report: ProductReport) -> dict[str, Any]:
    return _figures(report, report.columns) | {
        "created": report.created, "changed": report.updated, "units": 0, "unread": list(report.unread)[:50],
    }  # fmt: skip


def _of_stock(report: StockReport) -> dict[str, Any]:
    return _figures(report, COLUMNS) | {"created": 0, "changed": report.changed, "units": report.units, "unread": []}


def _figures(report: ProductReport | StockReport, columns: tuple[str, ...]) -> dict[str, Any]:
    lines = "".join(reject_lines(columns, report.rejects)) if report.rejects else ""
    shown = [
        [r.row, r.column, storable(r.value), storable(r.reason), len(r.value) < CUT] for r in report.rejects[:SHOWN]
    ]
    return {
        "columns": list(columns), "out": sorted({r.row for r in report.rejects}),
        "rows": report.rows, "unchanged": report.unchanged, "rejected": report.rejected, "shown": shown, "rejects_file": lines,
    }  # fmt: skip


def _end(file: StockFile, *, error: str = "", **figures: Any) -> None:
    StockFile.objects.filter(pk=file.pk).update(finished_at=now(), error=error[:500], **figures)


RUNS = Runs(
    StockFile, 5118, retrying()(_work), _end, most=5,
    broke="The import broke off ({fault}). Nothing of it was written; check it again.",
    gave_up="Broke off five times and was given up. The file is kept; tell whoever looks after the system.",
)  # fmt: skip
run_due = RUNS.run_due
