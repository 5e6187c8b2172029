"""Write new orders with their lines and their first history rows in one statement. Only actions/capture.py calls this."""

import json
from collections.abc import Sequence

from oms.kernel.actors import Actor
from oms.kernel.db import fetch, history_insert
from orders.capture.build import Built
from orders.models import Order, OrderLine

ORDER_COLUMNS = [f.attname for f in Order._meta.concrete_fields if f.name != "id"]
LINE_COLUMNS = [f.attname for f in OrderLine._meta.concrete_fields if f.name != "id"]
_orders = ", ".join(f'"{c}"' for c in ORDER_COLUMNS)
_lines = ", ".join(f'"{c}"' for c in LINE_COLUMNS if c != "order_id")

# Lines arrive with the place of their order in the list as order_id, which `o` replaces by the order's own.
STORE = f"""
WITH o AS (
  INSERT INTO orders_order ({_orders}) SELECT {_orders} FROM json_populate_recordset(NULL::orders_order, %s::json)
  ON CONFLICT (channel_id, external_id) DO NOTHING RETURNING *
), h AS (
  {history_insert(Order, "o")}
), l AS (
  INSERT INTO orders_orderline (order_id, {_lines})
  SELECT stored_id, {_lines} FROM (
    SELECT o.id AS stored_id, x.* FROM json_populate_recordset(NULL::orders_orderline, %s::json) x
    JOIN unnest(%s::text[]) WITH ORDINALITY AS n(order_number, place) ON n.place = x.order_id
    JOIN o ON o.number = n.order_number ORDER BY n.place, x.position
  ) AS line
  RETURNING id, order_id, position
)
SELECT o.number, o.id, (SELECT array_agg(l.id ORDER BY l.position) FROM l WHERE l.order_id = o.id) FROM o
"""  # noqa: S608


def store(built: Sequence[Built], who: Actor) -> list[Built]:
    """Store them and return those that were new, with their primary keys; the others somebody else stored a moment ago."""
    orders = json.dumps([_values(b.order, ORDER_COLUMNS) for b in built], default=str)
    lines = []
    for place, b in enumerate(built, start=1):
        for line in b.lines:
            line.__dict__["order_id"] = place
            lines.append(_values(line, LINE_COLUMNS))
    numbers = [b.order.number for b in built]
    rows = fetch(STORE, [orders, "+", who.user_id, "Captured", json.dumps(lines, default=str), numbers])
    keys = {number: (pk, line_pks or []) for number, pk, line_pks in rows}
    stored = [b for b in built if b.order.number in keys]
    for b in stored:
        b.order.pk, line_pks = keys[b.order.number]
        b.order._state.adding = False
        for line, pk in zip(b.lines, line_pks, strict=True):
            line.pk, line.order_id = pk, b.order.pk
            line._state.adding = False
    return stored


def _values(row: Order | OrderLine, columns: list[str]) -> dict:
    values = row.__dict__
    return {column: values[column] for column in columns}
