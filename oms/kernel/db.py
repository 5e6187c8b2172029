"""Small PostgreSQL helpers: set-based inserts and the outermost edge that retries what may be retried."""

import random
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from django.db import OperationalError, connection, models, transaction

from oms.kernel.errors import Busy

RETRYABLE = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout
T = TypeVar("T")


def limit_lock_wait(seconds: float = 2.0) -> None:
    """Give up on a lock after `seconds` instead of queueing behind it for ever; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")


def sqlstate(error: BaseException) -> str:
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(error, "sqlstate", None) or ""


def retrying(tries: int = 4) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Run the whole action again after a deadlock or lock timeout; raise `Busy` when it keeps happening.

    Only for the edge (views, tasks, commands): inside an open transaction nothing can be retried, so it is refused there.
    """

    def decorate(action: Callable[..., T]) -> Callable[..., T]:
        @wraps(action)
        def run(*args: Any, **kwargs: Any) -> T:
            for attempt in range(tries):
                try:
                    return action(*args, **kwargs)
                except OperationalError as error:
                    if sqlstate(error) not in RETRYABLE or connection.in_atomic_block:
                        raise
                    if attempt == tries - 1:
                        raise Busy() from error
                    # Jitter: two losers of the same deadlock must not meet again at the same instant.
                    time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311
            raise AssertionError("unreachable")

        return run

    return decorate


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], returning: str = "id"
) -> list[Any]:
    """Insert `rows` in one statement whatever their number, in order; return the `returning` column of each.

    Values go through the field's own preparation. Joins the current transaction, which must be open.
    """
    if not rows:
        return []
    assert transaction.get_connection().in_atomic_block
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    names = ", ".join(f'"{f.column}"' for f in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    params = [f.get_db_prep_save(value, connection) for row in rows for f, value in zip(fields, row, strict=True)]
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([marks] * len(rows))} RETURNING "{returning}"'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def copy_history(model: type[models.Model], ids: Sequence[int], *, kind: str, user_id: int | None, reason: str) -> None:
    """Write simple-history rows for `ids` as they stand now, in one statement; `kind` is + (created) or ~ (changed).

    The bulk paths (capture, import) use it because bulk statements pass simple-history by.
    """
    history = model.history.model  # type: ignore[attr-defined]
    tracked = [f.column for f in history.tracked_fields]
    names = ", ".join(f'"{c}"' for c in tracked)
    sql = (
        f'INSERT INTO "{history._meta.db_table}" ({names}, history_date, history_type, history_user_id, history_change_reason) '  # noqa: S608
        f'SELECT {names}, now(), %s, %s, %s FROM "{model._meta.db_table}" WHERE id = ANY(%s)'
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind, user_id, reason[:100] or None, list(ids)])
