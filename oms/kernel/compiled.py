"""Statements that the ORM would write the same every time: written once per process, planned once per connection.

For pages that people open all day. A kept statement may depend on nothing but its key and the present moment, which
querysets name as `Present()`; what else they read from the clock or a table must be part of the key.
"""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.expressions import Expression

from oms.kernel.clock import now
from oms.kernel.db import fetch

MOST = 512
# Stands for the moment in the text of a statement being kept; nobody can have typed it.
_MARK = f"present-{uuid.uuid4()}"
_keeping: ContextVar[bool] = ContextVar("keeping", default=False)
_statements: OrderedDict[Hashable, Any] = OrderedDict()


class Present(Expression):
    """The moment the statement is asked at, by our own clock: `due_at__lt=Present()`."""

    output_field = models.DateTimeField()

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [_MARK if _keeping.get() else now()]


@dataclass(frozen=True)
class Statement:
    """`text` with a placeholder for each time it names the moment."""

    text: str
    moments: int

    def rows(self) -> list[tuple]:
        return fetch(self.text, [now()] * self.moments)


@dataclass(frozen=True)
class _Selected:
    """A statement that reads rows of one model."""

    statement: Statement
    model: type[models.Model]
    names: Sequence[str]
    converters: Any
    compiler: Any


def kept(key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` wrote the first time it was asked for `key`; the ones used last are kept."""
    found = _statements.pop(key, None)
    if found is None:
        with _writing():
            found = make()
    _statements[key] = found
    while len(_statements) > MOST:
        _statements.popitem(last=False)
    return found


def statement(sql: str, params: Sequence[Any]) -> Statement:
    """SQL of the ORM as a text with its values in it, so that plans may use them; only inside `kept`."""
    text = connection.ops.compose_sql(sql, params).replace("%", "%%")  # type: ignore[attr-defined]
    mark = f"'{_MARK}'"
    return Statement(text.replace(mark, "%s::timestamptz"), text.count(mark))


def rows_of(key: Hashable, make: Callable[[], models.QuerySet]) -> list[Any]:
    """The rows of the queryset that `make` gives: of one model alone, no joins read, nothing annotated."""
    found: _Selected | str = kept(key, lambda: _selected(make()))
    if isinstance(found, str):
        return []
    rows: Any = found.statement.rows()
    if found.converters:
        rows = found.compiler.apply_converters(rows, found.converters)
    return [found.model.from_db(connection.alias, found.names, row) for row in rows]


def _selected(rows: models.QuerySet) -> _Selected | str:
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return "never any rows"
    columns = [expression for expression, _, _ in compiler.select]
    names = [column.target.attname for column in columns]
    if rows.query.annotation_select or rows.query.select_related or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise ValueError("A kept statement reads the columns of one model only.")
    return _Selected(statement(sql, params), rows.model, names, compiler.get_converters(columns), compiler)


@contextmanager
def _writing() -> Any:
    token = _keeping.set(True)
    try:
        yield
    finally:
        _keeping.reset(token)
