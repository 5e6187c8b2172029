"""Small PostgreSQL helpers: prepared statements, set-based inserts, and the outermost edge that retries what may be retried."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, TypeVar

import psycopg
from django.db import OperationalError, connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from psycopg._preparing import PrepareManager

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


class _Kept(PrepareManager):
    """PostgreSQL keeps prepared statements through a rollback, and plans them anew by itself where a table has changed.

    psycopg would forget all of them at every rollback, so one refused step cost the next hundred statements their plans
    (decision 55). And its hundred are fewer than the statements of the pages a few people have open.
    """

    prepared_max = 400

    def clear(self) -> bool:
        """What psycopg asks for at every rollback: nothing to do."""
        return False

    def _should_discard(self, prep: Any, results: Sequence[Any], *_: Any) -> bool:
        done = {(result.command_status or b"").partition(b" ")[0] for result in results}
        return not done.isdisjoint((b"DROP", b"ALTER", b"DISCARD", b"DEALLOCATE")) and super().clear()


@receiver(connection_created)
def _keep_statements(connection: BaseDatabaseWrapper, **_: Any) -> None:
    manager = _Kept()
    manager.prepare_threshold = connection.connection.prepare_threshold
    connection.connection._prepared = manager


class _Prepared(psycopg.Cursor):
    """Django's own cursors put the values into the text, which PostgreSQL then parses and plans anew each time."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple]:
    """Run one statement whose text is always the same; PostgreSQL parses and plans it once per connection.

    For the hot paths. Parameters need a type (`%s::bigint[]`) where PostgreSQL cannot infer one.
    """
    database = transaction.get_connection()  # once: `connection` looks it up again at every use
    # As Django's own cursors do, once per request: after a restart of the database each process holds dead connections.
    database.close_if_health_check_failed()
    database.ensure_connection()
    # Through Django's wrapper, so that its errors, time zones and statement counters hold here too.
    with database._prepare_cursor(_Prepared(database.connection)) as cursor:  # type: ignore[attr-defined]
        cursor.execute(sql, params)
        # Not `description`: that describes every column in Python, each time.
        return cursor.fetchall() if cursor.cursor.pgresult.nfields else []


@contextmanager
def attempt() -> Iterator[None]:
    """A part of the open transaction that an exception takes back, and passes on; locks taken in it are let go.

    `transaction.atomic` for the hot paths: two statements that are parsed once. What is in it writes by `fetch` and asks for
    nothing on commit: of both Django keeps a book that knows nothing of this.
    """
    fetch("SAVEPOINT attempt")
    try:
        yield
    except BaseException:
        fetch("ROLLBACK TO SAVEPOINT attempt")
        fetch("RELEASE SAVEPOINT attempt")
        raise
    fetch("RELEASE SAVEPOINT attempt")


def as_json(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as one JSON text for `json_populate_recordset`: the same statement whatever their number."""
    names = _columns(model, tuple(columns))
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=str)


@lru_cache
def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [f.column for f in fields]


@lru_cache
def _insert(model: type[models.Model], columns: tuple[str, ...], returning: str) -> str:
    table, names = model._meta.db_table, ", ".join(f'"{c}"' for c in _columns(model, columns))
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {names} '  # noqa: S608
        f'FROM json_populate_recordset(NULL::"{table}", %s::json) RETURNING "{returning}"'
    )


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], returning: str = "id"
) -> list[Any]:
    """Insert `rows` in one statement whatever their number, in order; return the `returning` column of each.

    Joins the current transaction, which must be open.
    """
    if not rows:
        return []
    assert transaction.get_connection().in_atomic_block
    columns = tuple(columns)
    return [row[0] for row in fetch(_insert(model, columns, returning), [as_json(model, columns, rows)])]


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of many rows in one statement; the first value of each row is its id, the others follow `columns`."""
    if rows:
        columns = ("id", *columns)
        fetch(_update_many(model, columns), [as_json(model, columns, rows)])


@lru_cache
def _update_many(model: type[models.Model], columns: tuple[str, ...]) -> str:
    table, names = model._meta.db_table, _columns(model, columns)[1:]
    changes = ", ".join(f'"{name}" = n."{name}"' for name in names)
    return (
        f'UPDATE "{table}" t SET {changes} '  # noqa: S608
        f'FROM json_populate_recordset(NULL::"{table}", %s::json) n WHERE t.id = n.id'
    )


def update_row(model: type[models.Model], pk: int, values: Mapping[str, Any], *, raised: str = "") -> None:
    """Set columns of one row through a prepared statement, as `QuerySet.update` would; the column `raised` goes up by one."""
    columns = _columns(model, tuple(values))
    row = json.dumps(dict(zip(columns, values.values(), strict=True)), default=str)
    fetch(_update(model, tuple(columns), raised), [row, pk])


@lru_cache
def _update(model: type[models.Model], columns: tuple[str, ...], raised: str) -> str:
    table, names = model._meta.db_table, ", ".join(f'"{c}"' for c in columns)
    also = f', "{raised}" = "{raised}" + 1' if raised else ""
    return (
        f'UPDATE "{table}" SET ({names}) = (SELECT {names} '  # noqa: S608
        f'FROM json_populate_record(NULL::"{table}", %s::json)){also} WHERE id = %s::bigint'
    )


@lru_cache
def history_insert(model: type[models.Model], source: str) -> str:
    """SQL that writes simple-history rows of `model` from the rows of `source`; parameters: kind, user id, reason."""
    history = model.history.model  # type: ignore[attr-defined]
    names = ", ".join(f'"{f.column}"' for f in history.tracked_fields)
    return (
        f'INSERT INTO "{history._meta.db_table}" ({names}, history_date, history_type, history_user_id, history_change_reason) '  # noqa: S608
        f"SELECT {names}, now(), %s, %s::bigint, %s FROM {source}"
    )


def copy_history(model: type[models.Model], ids: Sequence[int], *, kind: str, user_id: int | None, reason: str) -> None:
    """Write simple-history rows for `ids` as they stand now, in one statement; `kind` is + (created) or ~ (changed).

    The bulk paths (capture, import) use it because bulk statements pass simple-history by.
    """
    sql = history_insert(model, f'"{model._meta.db_table}" WHERE id = ANY(%s::bigint[])')
    fetch(sql, [kind, user_id, reason[:100] or None, list(ids)])
