"""Files of orders are not kept for ever: they hold customers' data, and the orders tell what became of them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from oms.kernel.clock import now
from orders.models import ImportBatch, ImportFile, RetentionRule


def forget_imports(before: datetime) -> int:
    """Empty the files of batches whose last run ended longer ago than the retention rule keeps them (`before`, where there
    is no rule). How many batches went; each is a transaction of its own."""
    rule = RetentionRule.objects.filter(pk=1).first()
    before = now() - timedelta(days=rule.file_days) if rule else before
    old = ImportBatch.objects.filter(finished_at__lt=before, forgotten_at__isnull=True)
    return sum(_forget(pk, old) for pk in list(old.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _forget(pk: int, old: QuerySet) -> int:
    """Nobody asks for a run meanwhile: that takes the same lock."""
    batch = old.select_for_update().filter(pk=pk).first()
    if batch is None:
        return 0
    empty(batch)
    return 1


def empty(batch: ImportBatch) -> None:
    """Take the files of a locked batch away, with the rows to fix and what the cells put right said. Its figures, its
    orders and who put which cell right stay; it can still be undone."""
    ImportFile.objects.filter(batch=batch).update(content=b"")
    batch.rejects.all().delete()
    batch.fixes.update(before="", after="")
    batch.preview, batch.forgotten_at = _names_only(batch.preview), now()
    batch.save(update_fields=["preview", "forgotten_at"])


def _names_only(preview: dict[str, Any]) -> dict[str, Any]:
    return {"columns": preview["columns"], "rows": []} if preview.get("columns") else {}
