"""How much of a blanket order is released and how much is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from oms.kernel.db import fetch
from orders.models import BlanketLine, BlanketOrder

# Found by a partial index of orders that were released from an agreement. A cancelled order's units are all cancelled.
RELEASED = """
SELECT o.extra->>'blanket', l.product_id, sum(l.qty_ordered - l.qty_cancelled)::int
FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
WHERE o.extra ? 'blanket' AND o.extra->>'blanket' = ANY(%s::text[]) AND l.product_id IS NOT NULL
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Agreed:
    """One line of an agreement: units agreed, released (cancelled ones not counted) and open."""

    line: BlanketLine
    released: int

    @property
    def open(self) -> int:
        return self.line.qty - self.released

    @property
    def worth_open(self) -> Decimal:
        return self.line.unit_price * max(self.open, 0)


def released_of(numbers: Iterable[str]) -> dict[tuple[str, int], int]:
    """Units released by (agreement, product id)."""
    return {(number, product): qty for number, product, qty in fetch(RELEASED, [list(numbers)])}


def agreed_lines(blanket: BlanketOrder) -> list[Agreed]:
    """Every line with what became of it; two queries."""
    released = released_of([blanket.number])
    return [Agreed(line, released.get((blanket.number, line.product_id), 0)) for line in blanket.lines.all()]
