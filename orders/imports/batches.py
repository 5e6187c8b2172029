"""Imports that people start on a page: files kept, checked by a worker, imported when somebody says so.

The database is the queue. A worker that dies is noticed by its silence, and its run taken up again: what was stored is
then `unchanged`, so nothing comes twice.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number
from oms.kernel.runs import Runs
from oms.kernel.text import storable
from oms.tables.files import expand, preview_of, stored_name
from orders.channels import matching
from orders.channels.registry import Unclear, format_for, sniff
from orders.imports.apply import ImportReport, Run, import_file
from orders.imports.forget import empty
from orders.imports.mappings import remembered
from orders.imports.rules import require_files, require_idle
from orders.imports.undo import undo_batch
from orders.locks import hold_import
from orders.models import ImportBatch, ImportedOrder, ImportFile, ImportGoal, ImportOutcome, ImportRow, Order

MAX_FILES, MAX_BYTES = 10, 50 * 1024 * 1024
KEPT_REJECTS = 10_000
SAMPLES = 3  # rows shown beside the columns when they are matched
LOCK_SPACE = 5117


@transaction.atomic
def start_batch(
    files: Iterable[tuple[str, bytes]], *, channel_code: str, format_key: str, actor: Any, check_skus: bool = False
) -> ImportBatch:  # fmt: skip
    """Keep the uploaded `(name, content)` files and ask for their check. Refuses none, too many or too large ones."""
    kept = [(stored_name(name), content) for name, content in files]
    kept = _told_apart(kept)
    if not kept:
        raise Refused("file_missing", "Choose at least one file.")
    if len(kept) > MAX_FILES:
        raise Refused("files_many", f"Choose at most {MAX_FILES} files at once.")
    if sum(len(content) for _, content in kept) > MAX_BYTES:
        raise Refused("file_large", "The files are larger than 50 MB together. Split them.")
    if format_key:
        format_for(format_key)
    number = next_number("orders_import_seq", "IMP")
    batch = ImportBatch.objects.create(
        number=number, channel_code=channel_code, format_key=format_key, created_by=actor, check_skus=check_skus
    )
    for name, content in kept:
        ImportFile.objects.create(batch=batch, name=name, content=content, size=len(content))
    return batch


def _told_apart(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Two files of one name get different ones: a row is known by its file and number."""
    twice, seen, made = Counter(name for name, _ in files), Counter[str](), []
    for name, content in files:
        seen[name] += 1
        made.append((f"{seen[name]} {name}" if twice[name] > 1 else name, content))
    return made


@transaction.atomic
def ask(number: str, goal: ImportGoal) -> ImportBatch:
    """Ask for another run: the check again, or the import. Refuses while a run is under way, where
    nothing was checked, and when the files are kept no longer."""
    batch = ImportBatch.objects.select_for_update().get(number=number)
    require_idle(batch)
    require_files(batch)
    if goal == ImportGoal.IMPORT and batch.phase not in ("checked", "stopped", "failed", "undone"):
        raise Refused("import_done", f"{number} is imported already.")
    if goal == ImportGoal.IMPORT and batch.phase == "checked" and not batch.to_write:
        raise Refused(
            "import_empty", "There is nothing to import: every order is here already or has to be mended first."
        )
    batch.goal, batch.asked_at, batch.seen_at, batch.finished_at = goal, now(), None, None
    batch.attempts, batch.stop_asked, batch.error, batch.done = 0, False, "", 0
    batch.undone_at, batch.undone_by = None, None
    batch.save()
    return batch


def ask_stop(number: str) -> None:
    """Let the run end after the part it is at. What is stored stays; importing again goes on from there."""
    if not ImportBatch.objects.filter(number=number, finished_at__isnull=True).update(stop_asked=True):
        raise Refused("import_over", f"{number} is not running any more.")


def _work(batch: ImportBatch) -> None:
    if batch.goal == ImportGoal.UNDO:
        undo_batch(batch.number)
        _end(batch)
        return
    require_files(batch)  # an erasure may have come between the asking and the run
    writing = batch.goal == ImportGoal.IMPORT
    before = made_by(batch)

    def seen(report: ImportReport, done: int, total: int) -> bool:
        live = {"done": done, "total": total, "seen_at": now()}
        if writing and (made := made_by(batch)) != before:
            # Whoever brings orders in may die as often as it likes: only runs that get nowhere are given up.
            live |= {**made, "attempts": 0}
        ImportBatch.objects.filter(pk=batch.pk).update(**live)
        return not ImportBatch.objects.filter(pk=batch.pk, stop_asked=True).exists()

    def stored(numbers: list[str], outcome: ImportOutcome) -> None:
        _remember(batch, numbers, outcome)

    with _on_disk(batch) as paths:
        _find_layout(batch, paths)
        run = Run(
            fixes_of(batch), matching.from_json(batch.matching) if batch.matching else None,
            frozenset((file, row) for file, row in batch.left_out) if batch.is_mending else None, batch.check_skus, stored,
            partial(hold_import, batch),
        )  # fmt: skip
        report = import_file(
            paths, channel_code=batch.channel_code, format_key=batch.format_key, actor=batch.created_by,
            dry_run=not writing, progress=seen, run=run,
        )  # fmt: skip
    _end(batch, report=report)


def _find_layout(batch: ImportBatch, paths: list[Path]) -> None:
    """Which format the files are in, by their columns; a source whose columns were matched before is known by them."""
    columns, rows = preview_of(expand(paths)[0], SAMPLES)
    batch.preview = {"columns": columns, "rows": [[cell[:80].replace("\0", "") for cell in row] for row in rows]}
    try:
        batch.format_key = batch.format_key or sniff(paths)
    except Unclear:
        known = remembered(batch.channel_code, columns)
        if known is None:
            _keep(batch, "preview")
            raise
        batch.format_key, batch.matching = "csv", known
    _keep(batch, "preview", "format_key", "matching")


@transaction.atomic
def _keep(batch: ImportBatch, *columns: str) -> None:
    hold_import(batch)
    batch.save(update_fields=columns)


def _remember(batch: ImportBatch, numbers: list[str], outcome: ImportOutcome) -> None:
    """Note what this batch did, in the transaction that does it: after a crash the books say what is in."""
    last = dict(
        Event.objects.filter(stream__in=numbers).values("stream").annotate(n=Max("seq")).values_list("stream", "n")
    )
    ids = Order.objects.filter(number__in=numbers).values_list("number", "pk")
    rows = [ImportedOrder(batch=batch, order_id=pk, outcome=outcome, seq=last.get(number, 0)) for number, pk in ids]
    ImportedOrder.objects.bulk_create(rows, ignore_conflicts=True)


def made_by(batch: ImportBatch) -> dict[str, int]:
    """How many orders this batch has created and updated in all its runs."""
    kinds = Counter(batch.imported.filter(withdrawn_at__isnull=True).values_list("outcome", flat=True))
    return {"created": kinds[ImportOutcome.CREATED], "updated": kinds[ImportOutcome.UPDATED]}


def fixes_of(batch: ImportBatch) -> dict[tuple[str, int, str], str]:
    """What stands in the cells people put right; the latest word on a cell counts."""
    return {(f.file, f.row, f.column): f.after for f in batch.fixes.order_by("pk")}


@transaction.atomic
def _end(batch: ImportBatch, *, report: ImportReport | None = None, error: str = "") -> None:
    changes: dict[str, Any] = {"finished_at": now(), "error": error[:500]}
    if report:
        hold_import(batch)
        changes |= _figures(batch, report)
        batch.rejects.all().delete()
        ImportRow.objects.bulk_create(
            ImportRow(
                batch=batch, file=r.file[:120], row=r.row, column=storable(r.column[:200]), external_id=storable(r.external_id),
                value=storable(r.value[:200]), reason=storable(r.reason[:500]), suggestion=storable(r.suggestion),
                cells=_clean(r.cells),
            )
            for r in report.rejects[:KEPT_REJECTS]
        )  # fmt: skip
    ImportBatch.objects.filter(pk=batch.pk).update(**changes)
    as_it_is = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if as_it_is.forgotten_at:
        empty(as_it_is)  # an erasure took the files while this run had them open


def _figures(batch: ImportBatch, report: ImportReport) -> dict[str, Any]:
    names = ("rows", "created", "updated", "unchanged", "rejected")
    figures: dict[str, Any] = {name: getattr(report, name) for name in names}
    if batch.is_mending:
        figures["orders"] = batch.orders  # of the whole file, not only of what was mended
    else:
        figures["orders"] = report.orders
    if batch.goal == ImportGoal.IMPORT:
        figures |= made_by(batch)
        known = figures["orders"] - figures["created"] - figures["updated"] - report.rejected
        batch.refresh_from_db(fields=["done", "total"])
        if batch.done >= batch.total:
            figures["left_out"] = sorted({(r.file, r.row) for r in report.rejects})
            figures["unchanged"] = max(known, 0)
    return figures


def _clean(cells: dict[str, str]) -> dict[str, str]:
    return {column.replace("\0", ""): value.replace("\0", "") for column, value in cells.items()}


@contextmanager
def _on_disk(batch: ImportBatch) -> Iterator[list[Path]]:
    """The files where readers can open them, for as long as the run takes."""
    with tempfile.TemporaryDirectory(prefix="oms-import-") as folder:
        paths = []
        for at, file in enumerate(batch.files.all()):
            place = Path(folder) / str(at)
            place.mkdir()
            paths.append(place / file.name)
            paths[-1].write_bytes(bytes(file.content))
        yield paths


RUNS = Runs(
    ImportBatch, LOCK_SPACE, _work, _end, most=5,
    broke="The import broke off ({fault}). What was stored stays; importing again goes on.",
    gave_up="Broke off five times and was given up. The files are kept; tell whoever looks after the system.",
)  # fmt: skip
run_due = RUNS.run_due


def run_batch(number: str) -> bool:
    """Do what `number` asks for. False when another worker has it."""
    return RUNS.run(ImportBatch.objects.get(number=number).pk)
