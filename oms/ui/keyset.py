"""Pages by key instead of by offset: page 4,000 costs what page 1 costs, and rows never repeat or vanish in between.

A cursor holds the sort columns of the row at the edge of a page, signed. Nulls come last in either direction.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import F, Model, Q, QuerySet

from oms.kernel.compiled import rows_of

SALT = "oms.ui.keyset"
_READERS = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
}


class BadCursor(ValueError):
    """The cursor was cut, forged, or made for another sort."""


@dataclass(frozen=True)
class Sort:
    """One way to order a list. `columns` are ORM paths, "-" for descending; the primary key is added as tie-breaker.

    `nullable` names the columns that may be null. `label` says the order in words ("soonest promise first"), `back`
    and `on` name the two pager links after it ("Sooner", "Later"). `grouped`: the first column has few values and is
    never null (a currency); a page inside one of them is read by equality, so that an index starts at its edge.
    """

    label: str
    columns: tuple[str, ...]
    nullable: frozenset[str] = field(default=frozenset())
    back: str = "Previous"
    on: str = "Next"
    grouped: bool = False

    @property
    def keys(self) -> list[tuple[str, bool]]:
        """(path, descending) for every column, the primary key last."""
        found = [(c.removeprefix("-"), c.startswith("-")) for c in self.columns]
        return found if found[-1][0] in ("id", "pk") else [*found, ("pk", found[-1][1])]


@dataclass
class Page:
    rows: list[Any]
    before: str = ""
    after: str = ""


def ordered(rows: QuerySet, sort: Sort, *, backwards: bool = False) -> QuerySet:
    """`rows` in the order of `sort`, nulls last (first when read backwards)."""
    return rows.order_by(*(_order(p, d != backwards, p in sort.nullable, backwards) for p, d in sort.keys))


def page_of(
    rows: QuerySet | Sequence[QuerySet],
    sort: Sort,
    *,
    size: int,
    after: str = "",
    before: str = "",
    read: Callable[[QuerySet], QuerySet] | None = None,
) -> Page:
    """Read one page of `size` rows after or before a cursor (both empty: the first page). BadCursor when unreadable.

    `read` joins what the page shows and may name columns: then the ids of the page are found first, which indexes can
    answer, and only its rows are read. With it `rows` may also be several querysets of one model without a row in common,
    each in its own index's order: the page is that of all of them together.
    """
    backwards = bool(before)
    edge = read_cursor(before or after, sort) if before or after else None
    several = [rows] if isinstance(rows, QuerySet) else rows
    found: list[Any] = []
    for parts in zip(*(_stretches(part, sort, edge, backwards) for part in several), strict=True):
        stretch = parts[0] if read is None else ordered(read(_of_these(parts, size + 1)), sort, backwards=backwards)
        found += stretch[: size + 1 - len(found)]
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_before, has_after = (more, True) if backwards else (edge is not None, more)
    return Page(
        found,
        before=write_cursor(found[0], sort) if has_before else "",
        after=write_cursor(found[-1], sort) if has_after else "",
    )


def first_page(
    key: tuple[Hashable, ...],
    several: Callable[[], Sequence[QuerySet]],
    sort: Sort,
    *,
    size: int,
    read: Callable[[QuerySet], QuerySet],
) -> Page:
    """The first page of what `several` gives, which `key` and the present moment decide: its statements are kept."""
    found: list[Any] = []
    for nth in range(2 if sort.keys[0][0] in sort.nullable else 1):
        found += rows_of((*key, nth), lambda nth=nth: _first_rows(several(), sort, size, read, nth))
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    return Page(found, after=write_cursor(found[-1], sort) if more else "")


def _first_rows(
    several: Sequence[QuerySet], sort: Sort, size: int, read: Callable[[QuerySet], QuerySet], nth: int
) -> QuerySet:
    parts = [list(_stretches(part, sort, None, False))[nth] for part in several]
    return ordered(read(_of_these(parts, size + 1)), sort)[: size + 1]


def _of_these(parts: Sequence[QuerySet], most: int) -> QuerySet:
    """The rows that the first `most` of each part name."""
    ids = [part.values("pk")[:most] for part in parts]
    return parts[0].model._default_manager.filter(pk__in=ids[0].union(*ids[1:], all=True) if ids[1:] else ids[0])


def write_cursor(row: Model, sort: Sort) -> str:
    """The place of `row` in `sort`, as an opaque signed word."""
    values = [_packed(_value(row, path)) for path, _ in sort.keys]
    return signing.dumps([list(sort.columns), values], salt=SALT, compress=True)


def read_cursor(cursor: str, sort: Sort) -> list[Any]:
    """The values in `cursor`; BadCursor when it is broken or belongs to another sort."""
    try:
        columns, values = signing.loads(cursor, salt=SALT)
        if columns != list(sort.columns) or len(values) != len(sort.keys):
            raise BadCursor("made for another sort")
        return [_unpacked(value) for value in values]
    except (signing.BadSignature, ValueError, KeyError, TypeError) as broken:
        raise BadCursor(str(broken)) from broken


def _stretches(rows: QuerySet, sort: Sort, edge: list[Any] | None, backwards: bool) -> Iterator[QuerySet]:
    """The queries that together are the list from `edge` on.

    A nullable first column is read as two stretches (values, then nulls): each is one index range, while
    "greater than x or null" would make the database walk the list from its start.
    """
    first = sort.keys[0][0]
    if sort.grouped and edge is not None:
        down = sort.keys[0][1] != backwards
        yield _beyond(ordered(rows.filter(**{first: edge[0]}), sort, backwards=backwards), sort, edge, backwards, 1)
        yield ordered(rows.filter(**{f"{first}__{'lt' if down else 'gt'}": edge[0]}), sort, backwards=backwards)
        return
    if first not in sort.nullable:
        yield _beyond(ordered(rows, sort, backwards=backwards), sort, edge, backwards)
        return
    filled, null = rows.filter(**{f"{first}__isnull": False}), rows.filter(**{f"{first}__isnull": True})
    at_null = edge is not None and edge[0] is None
    for stretch, holds_edge, passed in (
        (filled, not at_null, at_null and not backwards),
        (null, at_null, edge is not None and not at_null and backwards),
    )[:: -1 if backwards else 1]:
        if not passed:
            here = sort.keys if stretch is filled else sort.keys[1:]
            yield _beyond(_in_stretch(stretch, here, sort, backwards), sort, edge if holds_edge else None, backwards)


def _in_stretch(rows: QuerySet, keys: list[tuple[str, bool]], sort: Sort, backwards: bool) -> QuerySet:
    first = sort.keys[0][0]
    # No NULLS clause on the first column: there are none in this stretch, and the clause would disqualify the index.
    return rows.order_by(*(_order(p, d != backwards, p in sort.nullable and p != first, backwards) for p, d in keys))


def _beyond(rows: QuerySet, sort: Sort, edge: list[Any] | None, backwards: bool, since: int = 0) -> QuerySet:
    """Rows strictly past `edge`: past in the first column, or equal there and past in the second, and so on.

    `since`: how many of the first columns `rows` share with the edge already.
    """
    if edge is None:
        return rows
    keys, edge = sort.keys[since:], edge[since:]
    past, same = Q(pk__in=[]), Q()
    for (path, descending), value in zip(keys, edge, strict=True):
        step = _past(path, value, path in sort.nullable, descending != backwards, backwards)
        if step is not None:
            past |= same & step
        same &= Q(**{path: value}) if value is not None else Q(**{f"{path}__isnull": True})
    (first, descending), value = keys[0], edge[0]
    if value is not None:
        # Implied by the rest; spelled out so that the database can start its index scan at the edge.
        rows = rows.filter(**{f"{first}__{'lte' if descending != backwards else 'gte'}": value})
    return rows.filter(past)


def _past(path: str, value: Any, nullable: bool, down: bool, backwards: bool) -> Q | None:
    if value is None:  # nulls are last: nothing lies past them, and every value lies before them
        return Q(**{f"{path}__isnull": False}) if backwards else None
    past = Q(**{f"{path}__{'lt' if down else 'gt'}": value})
    return past | Q(**{f"{path}__isnull": True}) if nullable and not backwards else past


def _order(path: str, down: bool, nullable: bool, backwards: bool) -> Any:
    nulls: dict[str, bool | None] = {"nulls_first" if backwards else "nulls_last": True} if nullable else {}
    return F(path).desc(**nulls) if down else F(path).asc(**nulls)


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name) if row is not None else None
    return row


def _packed(value: Any) -> Any:
    kind = type(value).__name__
    if kind in _READERS:
        return [kind, value.isoformat() if hasattr(value, "isoformat") else str(value)]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _unpacked(value: Any) -> Any:
    return _READERS[value[0]](value[1]) if isinstance(value, list) else value
