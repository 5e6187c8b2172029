"""Lines of a report that the database sorts, counts and sums: a page reads the first ones, a file all of them one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from oms.kernel.db import fetch

Record = Sequence[Any]
MOST = "/* most */"  # in the SQL of `Lines`: how many of them are wanted, or ALL
CHUNK = 5000  # records read at once for a file


@dataclass(frozen=True)
class Lines:
    """`sql`: common table expressions, the last one named `lines`, one record of it per line of the report, in `order`.

    It may stop after `MOST` lines where `totals` says what all of them add up to: a SELECT of the currency, the number of
    lines, and the sums, from expressions that do not stop.

    `values` makes of a record what the columns show, `links` {column number: address of the list behind it}. `sums`
    {column number: column of `lines`} add up, apart for each `currency` (an expression) where there are several.
    """

    sql: str
    params: Mapping[str, Any]
    order: str
    values: Callable[[Record], Sequence[Any]]
    links: Callable[[Record], dict[int, str]]
    sums: Mapping[int, str]
    currency: str = "''"
    totals: str = ""

    def first(self, most: int) -> tuple[list[Record], int, list[tuple[str, dict[int, Decimal]]]]:
        """The first `most` records, the number of all, and {column number: sum of all} per currency, in one reading."""
        added = "".join(f", sum({name})::text" for name in self.sums.values())
        totals = self.totals or f"SELECT {self.currency}, count(*){added} FROM lines GROUP BY 1"  # noqa: S608
        columns = ", ".join(f"c{i}" for i in range(len(self.sums)))
        sql = f"""
            WITH {self._stopping(str(most))}, total (currency, n, {columns}) AS ({totals}), per AS (
              SELECT currency, json_build_array(currency, n, {columns}) AS line FROM total
            ), head AS (
              SELECT * FROM lines ORDER BY {self.order} LIMIT {most}
            )
            SELECT (SELECT json_agg(line ORDER BY currency = '', currency) FROM per), head.* FROM head ORDER BY {self.order}
        """  # noqa: S608  only constants are put in
        read = fetch(sql, self.params)
        totals = [
            (currency, dict(zip(self.sums, (Decimal(text or 0) for text in found), strict=True)))
            for currency, _, *found in (read[0][0] if read else ())
        ]
        return [record for _, *record in read], sum(line[1] for line in (read[0][0] if read else ())), totals

    def each(self) -> Iterator[Record]:
        """Every record, a few thousand in memory at a time."""
        with connection.chunked_cursor() as cursor:
            sql = f"WITH {self._stopping('ALL')} SELECT * FROM lines ORDER BY {self.order}"  # noqa: S608
            cursor.execute(sql, self.params)
            while read := cursor.fetchmany(CHUNK):
                yield from read

    def _stopping(self, most: str) -> str:
        """With the number in the text and no parameter: that few are wanted is why the planner walks an index instead of sorting all."""
        return self.sql.replace(MOST, most)
