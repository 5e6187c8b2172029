"""Imports that people start on a page: files kept, checked by a worker, imported when somebody says so.

The database is the queue. A worker that dies is noticed by its silence, and its run taken up again: what was stored is
then `unchanged`, so nothing comes twice.
"""

import logging
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from oms.kernel.clock import now
from oms.kernel.errors import Busy, Refused
from orders.channels.registry import format_for, sniff
from orders.imports.apply import ImportReport, import_file
from orders.models import ImportBatch, ImportFile, ImportGoal, ImportRow
from orders.models.imports import SILENCE

log = logging.getLogger(__name__)
MAX_FILES, MAX_BYTES = 10, 50 * 1024 * 1024
MAX_ATTEMPTS = 5
KEPT_REJECTS = 10_000
LOCK_SPACE = 5117  # first half of the advisory lock's name; any number nobody else uses


@transaction.atomic
def start_batch(files: Iterable[tuple[str, bytes]], *, channel_code: str, format_key: str, actor: Any) -> ImportBatch:
    """Keep the uploaded `(name, content)` files and ask for their check. Refuses none, too many or too large ones."""
    kept = [(re.sub(r"[^\w. ()+-]", "_", Path(name).name)[-120:] or "file", content) for name, content in files]
    if not kept:
        raise Refused("file_missing", "Choose at least one file.")
    if len(kept) > MAX_FILES:
        raise Refused("files_many", f"Choose at most {MAX_FILES} files at once.")
    if sum(len(content) for _, content in kept) > MAX_BYTES:
        raise Refused("file_large", "The files are larger than 50 MB together. Split them.")
    if format_key:
        format_for(format_key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_import_seq')")
        number = f"IMP-{cursor.fetchone()[0]}"
    batch = ImportBatch.objects.create(
        number=number, channel_code=channel_code, format_key=format_key, created_by=actor
    )
    for name, content in kept:
        ImportFile.objects.create(batch=batch, name=name, content=content, size=len(content))
    return batch


@transaction.atomic
def ask(number: str, goal: ImportGoal) -> ImportBatch:
    """Ask for another run: the check again, or the import. Refuses while a run is under way or nothing was checked."""
    batch = ImportBatch.objects.select_for_update().get(number=number)
    if batch.is_running:
        raise Refused("import_running", f"{number} is being worked on; wait until it is through, or stop it.")
    if goal == ImportGoal.IMPORT and batch.phase not in ("checked", "stopped", "failed"):
        raise Refused("import_done", f"{number} is imported already.")
    if goal == ImportGoal.IMPORT and batch.phase == "checked" and not batch.to_write:
        raise Refused(
            "import_empty", "There is nothing to import: every order is here already or has to be mended first."
        )
    batch.goal, batch.asked_at, batch.seen_at, batch.finished_at = goal, now(), None, None
    batch.attempts, batch.stop_asked, batch.error, batch.done = 0, False, "", 0
    batch.save()
    return batch


def ask_stop(number: str) -> None:
    """Let the run end after the part it is at. What is stored stays; importing again goes on from there."""
    if not ImportBatch.objects.filter(number=number, finished_at__isnull=True).update(stop_asked=True):
        raise Refused("import_over", f"{number} is not running any more.")


def run_due() -> int:
    """Work on every batch that waits or whose worker went silent; returns how many runs ended."""
    silent = Q(seen_at__isnull=True) | Q(seen_at__lt=now() - SILENCE)
    due = ImportBatch.objects.filter(silent, finished_at__isnull=True).order_by("asked_at")
    return sum(run_batch(number) for number in list(due.values_list("number", flat=True)))


def run_batch(number: str) -> bool:
    """Do what `number` asks for. False when another worker has it. A fault of ours is noted on the batch and raised."""
    with _alone(number) as mine:
        batch = ImportBatch.objects.filter(number=number, finished_at__isnull=True).first()
        if not mine or batch is None:
            return False
        if batch.attempts >= MAX_ATTEMPTS:
            _end(
                batch,
                error="Broke off five times and was given up. The files are kept; tell whoever looks after the system.",
            )
            return True
        ImportBatch.objects.filter(pk=batch.pk).update(attempts=F("attempts") + 1, seen_at=now())
        try:
            _work(batch)
        except (Refused, Busy) as refused:
            _end(batch, error=str(refused))
        except Exception as error:
            log.exception("import %s broke off", number)
            _end(
                batch,
                error=f"The import broke off ({type(error).__name__}). What was stored stays; importing again goes on.",
            )
            raise
        return True


def _work(batch: ImportBatch) -> None:
    # What an earlier attempt of this run stored counts as created here, not as unchanged.
    before = (
        (batch.created, batch.updated) if batch.goal == ImportGoal.IMPORT and batch.attempts and batch.done else (0, 0)
    )

    def seen(report: ImportReport, done: int, total: int) -> bool:
        live = {"done": done, "total": total, "seen_at": now()}
        if batch.goal == ImportGoal.IMPORT:
            live |= {"created": before[0] + report.created, "updated": before[1] + report.updated}
        ImportBatch.objects.filter(pk=batch.pk).update(**live)
        return not ImportBatch.objects.filter(pk=batch.pk, stop_asked=True).exists()

    with _on_disk(batch) as paths:
        format_key = batch.format_key or sniff(paths)
        ImportBatch.objects.filter(pk=batch.pk).update(format_key=format_key)
        report = import_file(
            paths, channel_code=batch.channel_code, format_key=format_key, actor=batch.created_by,
            dry_run=batch.goal == ImportGoal.CHECK, progress=seen,
        )  # fmt: skip
    stored = report.unchanged - sum(before)
    report = replace(
        report, created=report.created + before[0], updated=report.updated + before[1], unchanged=max(stored, 0)
    )
    _end(batch, report=report)


@transaction.atomic
def _end(batch: ImportBatch, *, report: ImportReport | None = None, error: str = "") -> None:
    changes: dict[str, Any] = {"finished_at": now(), "error": error[:500]}
    if report:
        names = ("rows", "orders", "created", "updated", "unchanged", "rejected")
        changes |= {name: getattr(report, name) for name in names}
        batch.rejects.all().delete()
        ImportRow.objects.bulk_create(
            ImportRow(
                batch=batch, file=r.file[:120], row=r.row, column=r.column[:200], external_id=r.external_id,
                value=r.value[:200], reason=r.reason[:500],
            )
            for r in report.rejects[:KEPT_REJECTS]
        )  # fmt: skip
    ImportBatch.objects.filter(pk=batch.pk).update(**changes)


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


@contextmanager
def _alone(number: str) -> Iterator[bool]:
    """Whether this worker has the batch for itself; the lock ends with the connection, so a dead worker holds nothing."""
    key = (LOCK_SPACE, int(number.rpartition("-")[2]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
