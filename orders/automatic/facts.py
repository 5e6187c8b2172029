"""What a rule asks about an order beyond the order's own row, in one statement."""

from dataclasses import dataclass

from oms.kernel.db import fetch
from orders.models.amendment import LIVE


@dataclass(frozen=True)
class Facts:
    """`is_known`: an earlier order of the customer was dispatched; `taken_back`: a person undid its confirmation."""

    group_id: int | None = None
    is_known: bool = False
    taken_back: bool = False
    is_changing: bool = False


READ = """
SELECT c.group_id,
  EXISTS (SELECT 1 FROM orders_order e WHERE e.customer_id = o.customer_id AND e.id <> o.id AND e.dispatched_at IS NOT NULL),
  EXISTS (SELECT 1 FROM events_event e WHERE e.stream = o.number AND e.name = 'orders.unconfirmed'),
  EXISTS (SELECT 1 FROM orders_amendment a WHERE a.order_id = o.id AND a.status = ANY(%s::text[]))
FROM orders_order o LEFT JOIN orders_customer c ON c.id = o.customer_id WHERE o.id = %s::bigint
"""


def facts_of(order_id: int) -> Facts:
    """The facts of one order as they stand now."""
    return Facts(*fetch(READ, [[str(status) for status in LIVE], order_id])[0])
