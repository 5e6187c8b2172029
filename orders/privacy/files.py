"""Uploaded files that are about a person: by the orders they brought in, by their rows to fix, and by looking into what waits."""

import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from oms.tables.files import MAX_UNPACKED
from orders.models import ImportBatch, ImportedOrder, ImportFile, ImportFix, ImportGoal, ImportRow, Order
from orders.privacy.reach import mentioning

# Of these imports each row is an order of the books by now, or listed as a row to fix.
THROUGH = Q(finished_at__isnull=False, error="", done__gte=F("total")) & ~Q(goal=ImportGoal.CHECK)


def files_with(orders: QuerySet[Order]) -> QuerySet[ImportFile]:
    """The files of every import that created or changed one of these orders. Asked for as one question: a house that erases
    by itself has many such orders, and a file is compared with no other to be named once."""
    return ImportFile.objects.filter(batch__in=ImportedOrder.objects.filter(order__in=orders).values("batch"))


def marks_of(orders: Iterable[Order]) -> list[str]:
    """Patterns of the orders' numbers at their source: a line that has one is about this person, named or not."""
    found = {order.external_id for order in orders if order.external_id}
    return [rf"(?<!\w){re.escape(number)}(?!\w)" for number in sorted(found)]


def files_listing(others: re.Pattern[str]) -> Q:
    """Those of which a row to fix, or one that was put right, says what only this person has."""
    found = Q(pk__in=())
    for model, columns in ((ImportRow, ("cells", "value", "reason", "suggestion")), (ImportFix, ("before", "after"))):
        rows = mentioning(model, columns, others).filter(batch=OuterRef("batch"))
        found |= Q(Exists(rows.filter(file=OuterRef("name")))) | Q(Exists(rows.filter(file="")))
    return found


def waiting_with(tells: re.Pattern[str]) -> list[int]:
    """Files of imports that are not through (checked and never imported, stopped, broken off), in which the database finds
    nothing because they are no text, and which say it. One that nobody can open is among them: nothing can come of it."""
    batches = ImportBatch.objects.exclude(THROUGH).filter(forgotten_at=None)
    waiting = ImportFile.objects.filter(batch__in=batches.values("pk")).exclude(content=b"").order_by("pk")
    return [file.pk for file in waiting.iterator(chunk_size=1) if _says(bytes(file.content), tells)]


@dataclass(frozen=True)
class Waiting:
    """An import that is not through and of which an erasure takes something: where it is, and what comes of it."""

    url: str
    sentence: str


def waiting_of(imports: Iterable[int]) -> list[Waiting]:
    """Those of `imports` that are not through."""
    found = ImportBatch.objects.exclude(THROUGH).filter(pk__in=imports).prefetch_related("files").order_by("pk")
    return [Waiting(batch.get_absolute_url(), f"{batch} ({batch.file_names}) {_fate(batch)}") for batch in found]


def _fate(batch: ImportBatch) -> str:
    if all(is_text(bytes(file.content)) for file in batch.files.all()):
        return "is not imported and has rows of theirs. They are taken out of these rows, which stay out; the others can be imported."
    return "is not imported and may have rows of theirs. It cannot be changed row by row and is emptied: upload it again without them."


def _says(content: bytes, tells: re.Pattern[str]) -> bool:
    if is_text(content):
        return False
    words = words_in(content)
    return words is None or bool(tells.search(words))


def words_in(content: bytes) -> str | None:
    """All that a spreadsheet, an archive, a packed file or a text of any encoding says, sheets nobody imports included;
    None when it cannot be opened."""
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as packed:
                return words_in(packed.read(MAX_UNPACKED + 1))
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                    return None
                return "|".join(_plain(packed.read(part).decode(errors="replace")) for part in packed.infolist())
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return None
    if len(content) > MAX_UNPACKED or content.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        return None
    # In UTF-16 every plain letter stands beside a zero byte; nothing else of a text has one.
    return content.replace(b"\0", b"").decode("latin-1")


def _plain(xml: str) -> str:
    """What a part of a workbook says, cell by cell; the digits of two cells are no phone."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"</(?:c|si|row)>", "|", xml)))


def is_text(content: bytes) -> bool:
    """Whether the database can look for words in it: UTF-8, and no UTF-16 that happens to be both."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def records(text: str) -> list[str]:
    """The lines of a file; those of a cell in quotation marks that goes over several are one."""
    found: list[str] = []
    is_open = False
    for line in text.splitlines(keepends=True):
        if is_open:
            found[-1] += line
        else:
            found.append(line)
        is_open ^= line.count('"') % 2 == 1
    return found
