"""Rows of models through prepared statements: what a page or a step reads every time, written and planned once.

The ORM writes the same text anew at each reading, with the values in it, and PostgreSQL plans it anew: most of what a page of
one order took. Rows come back as the ORM would make them, with what was joined or hung on them in place.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

from oms.kernel.db import fetch

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class _Part:
    """The columns of one table within a row: of the model asked for (`at` None), or of what `relation` of part `at` leads to."""

    model: type[models.Model]
    names: list[str]
    converters: list[tuple[int, Callable[..., Any]]]
    begin: int
    end: int
    key: int
    at: int | None
    relation: Any


def load(
    model: type[M], where: str, params: Sequence[Any] = (), *, joined: tuple[str, ...] = (), wait: float | None = None,
    skip_locked: bool = False,
) -> list[M]:  # fmt: skip
    """The rows of `model` for which the SQL `where` holds, which may end in ORDER BY and LIMIT; their table is called `m` there.

    `joined` names what comes along, as select_related does ("purchase__supplier"). With `wait` the rows of `model` are locked
    FOR UPDATE, giving up on each lock of the transaction after so many seconds (0: never); with `skip_locked` too, passing over
    those that somebody holds. Parameters need a type (`%s::bigint`) where PostgreSQL cannot infer one.
    """
    parts, sql = _select(model, joined)
    if skip_locked:
        rows = fetch(f"{sql} WHERE {where} FOR UPDATE OF m SKIP LOCKED", params)
    elif wait is None:
        rows = fetch(f"{sql} WHERE {where}", params)
    else:
        # The limit is set by the statement that locks: LockRows stands above the join, so it holds before the first row.
        limited = "CROSS JOIN set_config('lock_timeout', %s, true) limited"
        rows = fetch(f"{sql} {limited} WHERE {where} FOR UPDATE OF m", [str(int(wait * 1000)), *params])
    return [_made(parts, row) for row in rows]


def load_first(model: type[M], where: str, params: Sequence[Any] = (), **how: Any) -> M | None:
    """The first of the rows that `load` would give, or None."""
    rows = load(model, f"{where} LIMIT 1", params, **how)
    return rows[0] if rows else None


def load_parts(owners: Sequence[models.Model], relation: str, *, joined: tuple[str, ...] = ()) -> list[Any]:
    """Read what belongs to each of `owners` by `relation`, as prefetch_related does: `owner.relation.all()` asks nothing then.

    In the order of its model; one that goes by what a relation leads to ("line__position") needs that relation `joined`.
    """
    if not owners:
        return []
    link: Any = owners[0]._meta.get_field(relation)
    field = link.field
    ids = [owner.pk for owner in owners]
    where = f'm."{field.column}" = ANY(%s::bigint[]) ORDER BY {_order(field.model, joined)}'
    found = load(field.model, where, [ids], joined=joined)
    theirs: dict[Any, list[Any]] = defaultdict(list)
    for row in found:
        theirs[getattr(row, field.attname)].append(row)
    for owner in owners:
        rows = theirs[owner.pk]
        for row in rows:
            field.set_cached_value(row, owner)
        # Through the manager: whoever narrows it down further still asks for this owner's rows only.
        kept: Any = getattr(owner, link.get_accessor_name()).get_queryset()
        kept._result_cache, kept._prefetch_done = rows, True
        if not hasattr(owner, "_prefetched_objects_cache"):
            owner._prefetched_objects_cache = {}  # type: ignore[attr-defined]
        owner._prefetched_objects_cache[link.get_accessor_name()] = kept  # type: ignore[attr-defined]
    return found


def _made(parts: list[_Part], row: tuple) -> Any:
    made: list[Any] = []
    for part in parts:
        values = list(row[part.begin : part.end])
        if part.at is not None and values[part.key] is None:
            found = None
        else:
            for at, convert in part.converters:
                values[at] = convert(values[at], None, connection)
            found = part.model.from_db(connection.alias, part.names, values)
        made.append(found)
        if part.at is not None and (owner := made[part.at]) is not None:
            part.relation.set_cached_value(owner, found)
            if found is not None and not part.relation.concrete:  # the other end of a one-to-one
                part.relation.remote_field.set_cached_value(found, owner)
    return made[0]


@lru_cache
def _order(model: type[models.Model], joined: tuple[str, ...]) -> str:
    """The order of the model's own Meta, and the key where that leaves two rows alike."""
    parts, _ = _select(model, joined)
    near = {part.relation.name: n for n, part in enumerate(parts) if part.at == 0}
    by = []
    for name in (*map(str, model._meta.ordering or ()), "pk"):
        relation, _, column = name.lstrip("-").rpartition("__")
        at = near[relation] if relation else 0
        meta: Any = parts[at].model._meta
        field = meta.pk if column == "pk" else meta.get_field(column)
        by.append(f'{f"j{at}" if at else "m"}."{field.column}"{" DESC" if name.startswith("-") else ""}')
    return ", ".join(by)


@lru_cache
def _select(model: type[models.Model], joined: tuple[str, ...]) -> tuple[list[_Part], str]:
    parts: list[_Part] = []
    known: dict[str, int] = {}
    columns: list[str] = []
    joins: list[str] = []

    def add(what: type[models.Model], alias: str, at: int | None, relation: Any) -> int:
        fields = what._meta.concrete_fields
        begin = len(columns)
        columns.extend(f'{alias}."{field.column}"' for field in fields)
        converters = [(i, f.from_db_value) for i, f in enumerate(fields) if hasattr(f, "from_db_value")]
        key = next(i for i, f in enumerate(fields) if f.primary_key)
        names = [f.attname for f in fields]
        parts.append(_Part(what, names, converters, begin, len(columns), key, at, relation))
        return len(parts) - 1

    known[""] = add(model, "m", None, None)
    for path in joined:
        for begun in _beginnings(path):
            if begun in known:
                continue
            before, _, name = begun.rpartition("__")
            at = known[before]
            relation: Any = parts[at].model._meta.get_field(name)
            mine, theirs = (
                (relation.column, relation.target_field.column)
                if relation.concrete
                else (parts[at].model._meta.pk.column, relation.field.column)  # type: ignore[union-attr]
            )
            alias, owner = f"j{len(parts)}", f"j{at}" if at else "m"
            joins.append(
                f'LEFT JOIN "{relation.related_model._meta.db_table}" {alias} ON {alias}."{theirs}" = {owner}."{mine}"'
            )
            known[begun] = add(relation.related_model, alias, at, relation)
    return parts, f'SELECT {", ".join(columns)} FROM "{model._meta.db_table}" m {" ".join(joins)}'  # noqa: S608  our own names


def _beginnings(path: str) -> Iterable[str]:
    """The relations on the way: a, a__b, a__b__c."""
    names = path.split("__")
    return ("__".join(names[: n + 1]) for n in range(len(names)))
