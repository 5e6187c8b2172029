"""What must always be true of recurring and blanket orders."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings


@check("recurring.silent", "No recurring order is overdue without a word")
def silent() -> Iterator[Finding]:
    yield from findings("""
        SELECT number, format('its order of %s was due at %s and nobody was told', next_on, try_at) FROM orders_recurringorder
        WHERE status = 'active' AND try_at < now() - interval '2 hours'""")


@check("recurring.once", "Every day of a recurring order has one order at most, and each order its day")
def once() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('placed for %s on %s, but that day names %s', o.extra->>'recurring', o.extra->>'run_on',
                                coalesce(p.number, 'no order'))
        FROM orders_order o
        LEFT JOIN orders_recurringorder s ON s.number = o.extra->>'recurring'
        LEFT JOIN orders_recurringrun r ON r.recurring_id = s.id AND r.run_on = (o.extra->>'run_on')::date
        LEFT JOIN orders_order p ON p.id = r.order_id
        WHERE o.extra ? 'recurring' AND r.order_id IS DISTINCT FROM o.id""")


@check("blanket.within", "No blanket order is released beyond what was agreed")
def within() -> Iterator[Finding]:
    yield from findings("""
        SELECT b.number, format('%s: %s agreed, %s released', p.sku, l.qty, r.qty)
        FROM orders_blanketorder b JOIN orders_blanketline l ON l.blanket_id = b.id JOIN inventory_product p ON p.id = l.product_id
        JOIN (SELECT o.extra->>'blanket' AS number, x.product_id, sum(x.qty_ordered - x.qty_cancelled) AS qty
              FROM orders_order o JOIN orders_orderline x ON x.order_id = o.id WHERE o.extra ? 'blanket' GROUP BY 1, 2) r
          ON r.number = b.number AND r.product_id = l.product_id
        WHERE r.qty > l.qty""")
