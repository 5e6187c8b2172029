"""Rows that cannot be taken, as a file: mended, it goes in as it is."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from inventory.imports.reading import Reject
from oms.kernel import csvout


def reject_lines(columns: Sequence[str], rejects: Iterable[Reject]) -> Iterator[str]:
    """CSV: the cells of each row as the file had them, its number, and all that is wrong with it. `rejects` by row."""
    rows = ((row, list(found)) for row, found in groupby(rejects, key=lambda reject: reject.row))
    return csvout.stream(
        [*columns, "row", "reason"],
        ((*found[0].cells, row, " ".join(reject.reason for reject in found)) for row, found in rows),
    )
