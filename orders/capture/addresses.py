"""The further addresses of a draft: which there are, which line goes where, and their rows."""

from collections.abc import Sequence

from oms.kernel.db import fetch
from orders.capture.build import Built, address_json
from orders.models import OrderAddress

POINT = """
UPDATE orders_orderline l SET ship_to_id = n.to_id
FROM unnest(%s::bigint[], %s::bigint[]) AS n(line_id, to_id) WHERE l.id = n.line_id
"""


def store_addresses(built: Sequence[Built]) -> None:
    """Store the further addresses of new orders and let their lines name them; nothing to do for nearly every order."""
    several = [b for b in built if b.further]
    if not several:
        return
    rows = [
        OrderAddress(order_id=b.order.pk, position=i, address=address_json(a))
        for b in several
        for i, a in enumerate(b.further, start=2)
    ]
    made = {(row.order_id, row.position): row for row in OrderAddress.objects.bulk_create(rows)}
    lines, places = [], []
    for b in several:
        for line, at in zip(b.lines, b.goes_to, strict=True):
            if at:
                line.ship_to = made[b.order.pk, at + 1]
                lines.append(line.pk)
                places.append(line.ship_to.pk)
    fetch(POINT, [lines, places])
