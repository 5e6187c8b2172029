"""Queues in the database: rows claimed with SKIP LOCKED, tried again with backoff, parked with their error, put back by hand.

A queue is a model with `status` (pending, parked, done), `attempts`, `next_at`, `last_error` and `done_at`. It is for work
that is all in the database. What calls the outside (mail, webhooks) is sent by its own app.
"""

import logging
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from oms.kernel.alone import alone
from oms.kernel.clock import now
from oms.kernel.db import update_row
from oms.kernel.load import load_first
from oms.kernel.text import storable

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 6
BACKOFF = (5, 30, 120, 600, 3600)  # seconds before attempts 2..6
PENDING, PARKED, DONE = "pending", "parked", "done"
SPACE = 5122  # of the advisory locks: this much of their names nobody else uses
LOOK = timedelta(seconds=15)  # how soon somebody looks whether a worker at work in steps still lives
DUE = f"m.status = '{PENDING}' AND m.next_at <= %s ORDER BY m.next_at, m.id"
# Does the work of one row and returns the columns to note on it. It may run twice and must allow for it.
Work = Callable[[Any], dict[str, Any]]


def work_due(
    model: type[models.Model], work: Work, *, joined: str, limit: int, hopeless: tuple[type[Exception], ...] = (),
    in_steps: Callable[[Any], bool] = lambda row: False,
) -> int:  # fmt: skip
    """Work on up to `limit` due rows of `model`, one transaction each; return how many were attempted. `joined` comes along.

    The row lock is the lease: a worker that dies gives its row back the moment its connection ends, and what it half did
    is rolled back with it, so nothing is lost and nothing is done twice. `hopeless` errors park at once.

    What is `in_steps` makes transactions of its own, lest the locks of its first step be held until its last. Its lease is a
    lock of the connection: whoever is quick looks again after `LOOK`, and the steps a worker made before it died stand.
    """
    done = 0
    while done < limit and _work_next(model, work, joined, hopeless, in_steps):
        done += 1
    return done


def put_back(rows: models.QuerySet) -> int:
    """Give the parked ones of `rows` a fresh set of attempts; return how many."""
    return rows.filter(status=PARKED).update(status=PENDING, attempts=0, next_at=now())


def _work_next(
    model: type[models.Model], work: Work, joined: str, hopeless: tuple[type[Exception], ...],
    in_steps: Callable[[Any], bool],
) -> bool:  # fmt: skip
    with transaction.atomic():
        row: Any = load_first(model, DUE, [now()], joined=(joined,), skip_locked=True)
        if row is None:
            return False
        if not in_steps(row):
            _work_on(row, work, hopeless, transaction.atomic())
            return True
        update_row(model, row.pk, {"next_at": now() + LOOK})
    with alone(SPACE, row.pk % 2**31) as mine:
        if mine and model._default_manager.filter(pk=row.pk, status=PENDING).exists():
            _work_on(row, work, hopeless, nullcontext())
    return True


def _work_on(row: Any, work: Work, hopeless: tuple[type[Exception], ...], whole: AbstractContextManager[Any]) -> None:
    row.attempts += 1
    try:
        with whole:
            noted = work(row)
    except hopeless as error:
        _note(row, status=PARKED, last_error=str(error))
    except Exception as error:  # any other fault is kept on the row, never swallowed
        log.warning("%s %s failed: %s", row._meta.label, row.pk, error)
        _try_later(row, "".join(traceback.format_exception_only(error)).strip())
    else:
        _note(row, status=DONE, done_at=now(), last_error="", **noted)


def _try_later(row: Any, error: str) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        _note(row, status=PARKED, last_error=error)
    else:
        _note(row, next_at=now() + timedelta(seconds=BACKOFF[row.attempts - 1]), last_error=error)


def _note(row: Any, *, last_error: str, **columns: Any) -> None:
    """What cannot be written stops the queue: this very row would be the next one for ever. So no text may be such."""
    for name, value in columns.items():
        setattr(row, name, storable(value) if isinstance(value, str) else value)
    row.last_error = storable(last_error)[:2000]
    update_row(type(row), row.pk, {name: getattr(row, name) for name in ("attempts", "last_error", *columns)})
