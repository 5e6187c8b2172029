"""Steps of the import clinic that several tests take."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orders.imports import batches
from orders.models import ImportBatch, ImportGoal


def uploaded(client: Client, content: str | bytes, name: str = "orders.csv", **fields) -> ImportBatch:
    """A file chosen on the page and checked by the worker."""
    raw = content.encode() if isinstance(content, str) else content
    given = {"files": [SimpleUploadedFile(name, raw)], "channel": "+", "new_channel": "desk", "format": "", **fields}
    answer = client.post("/imports/", given)
    assert answer.status_code == 302, answer.content.decode()
    batches.run_due()
    return ImportBatch.objects.latest("pk")


def imported(batch: ImportBatch) -> ImportBatch:
    batches.ask(batch.number, ImportGoal.IMPORT)
    return worked(batch)


def worked(batch: ImportBatch) -> ImportBatch:
    """What the worker makes of what was asked."""
    batches.run_due()
    return ImportBatch.objects.get(pk=batch.pk)
