"""Counts that stop counting: "10,000+" costs the same on a thousand rows and on a hundred million."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from oms.kernel.compiled import kept, statement

CAP = 10_000
# A tab says where work is; how much exactly says the list behind it (docs/decisions/0008).
TAB_CAP = 1_000
EVERY = 10**12


@dataclass(frozen=True)
class Count:
    """How many, up to a cap. Prints as people read it; falsy when nothing was found."""

    value: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.value:,}{'+' if self.capped else ''}"

    def __bool__(self) -> bool:
        return self.value > 0


def count_capped(rows: QuerySet, cap: int = CAP) -> Count:
    """Count `rows`, reading at most `cap` + 1 of them."""
    return counts_capped([rows], cap)[0]


def counts_capped(several: Sequence[QuerySet], cap: int | Sequence[int] = CAP) -> list[Count]:
    """Count several querysets of one database in one round trip, each up to its cap. Keeps their order."""
    if not several:
        return []
    caps = [cap] * len(several) if isinstance(cap, int) else cap
    sql, params = _counting(several, caps)
    with connections[several[0].db].cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchone()
    return [Count(min(n, most), capped=n > most) for n, most in zip(found, caps, strict=True)]


def _counting(several: Sequence[QuerySet], caps: Sequence[int]) -> tuple[str, list[Any]]:
    """One statement that counts them all, each to one more than its cap."""
    parts, params = [], []
    for rows, most in zip(several, caps, strict=True):
        try:
            sql, values = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  the ORM made it
        params.extend(values)
    return f"SELECT {', '.join(parts)}", params


def counts(several: Sequence[QuerySet]) -> list[int]:
    """How many each queryset has, all of them and in one round trip: for what is small whatever the history."""
    return [count.value for count in counts_capped(several, EVERY)]


def count_together(groups: Sequence[Sequence[QuerySet]], cap: int | Sequence[int] = CAP) -> list[Count]:
    """The sum of each group, whose querysets have no row in common, up to its cap; all in one round trip."""
    caps = [cap] * len(groups) if isinstance(cap, int) else cap
    each = [(rows, most) for group, most in zip(groups, caps, strict=True) for rows in group]
    found = counts_capped([rows for rows, _ in each], [most for _, most in each])
    return _sums([c.value + c.capped for c in found], [len(group) for group in groups], caps)


def count_kept(key: Hashable, groups: Callable[[], Sequence[Sequence[QuerySet]]], caps: Sequence[int]) -> list[Count]:
    """The same for groups that `key` and the present moment decide: asked for only when no statement of theirs is kept."""
    asked = kept(("counts", key, tuple(caps)), lambda: _Asked.of(groups(), caps))
    found = asked.statement.rows()[0] if sum(asked.sizes) else ()
    return _sums(found, asked.sizes, caps)


@dataclass(frozen=True)
class _Asked:
    statement: Any
    sizes: Sequence[int]

    @classmethod
    def of(cls, groups: Sequence[Sequence[QuerySet]], caps: Sequence[int]) -> "_Asked":
        each = [(rows, most) for group, most in zip(groups, caps, strict=True) for rows in group]
        sql, params = _counting([rows for rows, _ in each], [most for _, most in each])
        return cls(statement(sql, params), [len(group) for group in groups])


def _sums(found: Sequence[int], sizes: Sequence[int], caps: Sequence[int]) -> list[Count]:
    each = iter(found)
    sums = [sum(islice(each, size)) for size in sizes]
    return [Count(min(n, most), capped=n > most) for n, most in zip(sums, caps, strict=True)]
