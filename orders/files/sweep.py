"""Delete files nobody can reach: a crash kept their row from being stored, or came between a removal and the disk."""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice

from orders.files.shelf import settled_files, take_away
from orders.models import Attachment

BATCH = 500
log = logging.getLogger(__name__)


def sweep_files() -> int:
    """Delete every settled file that no attachment still there names; how many. Running it twice does no more."""
    gone = 0
    for paths in _batches(settled_files()):
        wanted = Attachment.objects.filter(path__in=paths, removed_at__isnull=True).values_list("path", flat=True)
        for path in set(paths) - set(wanted):
            take_away(path)
            log.info("deleted %s: no order has it", path)
            gone += 1
    return gone


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(paths)
    while found := list(islice(rest, BATCH)):
        yield found
