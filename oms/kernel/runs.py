"""Long work that people ask for on a page: a row of the database that waits, and is run by one worker at a time.

A worker that dies is noticed by its silence, and its row taken up again; a row whose runs break off again and again is given up.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from oms.kernel.alone import alone
from oms.kernel.clock import now
from oms.kernel.errors import Busy, Refused

log = logging.getLogger(__name__)
# A run that has said nothing for this long may belong to a worker that died; the next one looks whether it does.
SILENCE = timedelta(seconds=90)


class Asked:
    """A model with `asked_at`, `seen_at` (when its worker last said something), `finished_at`, `attempts` and `error`."""

    asked_at: Any
    seen_at: Any
    finished_at: Any

    @property
    def is_running(self) -> bool:
        """Waiting, or in the hands of a worker."""
        return self.finished_at is None

    @property
    def is_silent(self) -> bool:
        """Asked for a while ago, and nobody has said anything since."""
        return self.is_running and (self.seen_at or self.asked_at) < now() - SILENCE


@dataclass(frozen=True)
class Runs:
    """One kind of such work. `work` does it for a row and writes the end itself; `end(row, error=...)` ends it with a sentence.

    `space` is the first half of the advisory lock's name: any number that no other kind uses. `broke` says what a fault
    of ours means, with its name for {fault}, and `gave_up` that nobody tries any more.
    """

    model: type[models.Model]
    space: int
    work: Callable[[Any], Any]
    end: Callable[..., Any]
    broke: str
    gave_up: str
    most: int

    def run_due(self) -> int:
        """Run every row that waits or whose worker went silent, oldest first; returns how many ended."""
        waiting = Q(seen_at__isnull=True) | Q(seen_at__lt=now() - SILENCE)
        due = self._rows().filter(waiting, finished_at__isnull=True).order_by("asked_at")
        return sum(self.run(pk) for pk in list(due.values_list("pk", flat=True)))

    def run(self, pk: int) -> bool:
        """Do what the row asks for. False when another worker has it.

        A fault of ours is logged and noted on the row, and is not raised: the rows behind it go on.
        """
        with alone(self.space, pk) as mine:
            row = self._rows().filter(pk=pk, finished_at__isnull=True).first()
            if not mine or row is None:
                return False
            if row.attempts >= self.most:
                self.end(row, error=self.gave_up)
                return True
            self._rows().filter(pk=pk).update(attempts=F("attempts") + 1, seen_at=now())
            try:
                self.work(row)
            except (Refused, Busy) as refused:
                self.end(row, error=str(refused))
            except Exception as error:
                log.exception("%s %s broke off", self.model.__name__, row)
                self.end(row, error=self.broke.format(fault=type(error).__name__))
            return True

    def _rows(self) -> Any:
        return self.model._default_manager.all()
