"""Uploaded files that brought in orders of a person: known by the books, whatever the files are written in."""

import re
from collections.abc import Iterable

from django.db.models import QuerySet

from orders.models import ImportedOrder, ImportFile, Order


def files_with(orders: QuerySet[Order]) -> QuerySet[ImportFile]:
    """The files of every import that created or changed one of these orders. Asked for as one question: a house that erases
    by itself has many such orders, and a file is compared with no other to be named once."""
    return ImportFile.objects.filter(batch__in=ImportedOrder.objects.filter(order__in=orders).values("batch"))


def marks_of(orders: Iterable[Order]) -> list[str]:
    """Patterns of the orders' numbers at their source: a line that has one is about this person, named or not."""
    found = {order.external_id for order in orders if order.external_id}
    return [rf"(?<!\w){re.escape(number)}(?!\w)" for number in sorted(found)]


def is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


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
