"""What must always be true of returns."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings

OPEN = "('requested', 'approved', 'awaiting_item', 'in_transit', 'partially_received', 'received', 'inspected')"


@check("returns.order_sums", "An order's returned units, returned money and open returns are what its returns say")
def order_sums() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('%s: line says %s returned, its returns %s', l.sku, l.qty_returned, coalesce(r.qty, 0))
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN (
          SELECT e.line_id, sum(CASE WHEN r.status IN ('resolved', 'closed') THEN least(e.qty_accepted, e.qty_received)
                                ELSE e.qty_received END) qty
          FROM returns_returnline e JOIN returns_return r ON r.id = e.rma_id WHERE r.type <> 'rto' GROUP BY 1
        ) r ON r.line_id = l.id
        WHERE l.qty_returned <> coalesce(r.qty, 0) AND NOT o.is_historical ORDER BY l.id""")
    yield from findings(f"""
        SELECT o.number, format('order says %s open and %s returned, its returns say %s and %s', o.open_returns,
                 o.returned_total, coalesce(r.open, 0), coalesce(r.total, 0))
        FROM orders_order o LEFT JOIN (
          SELECT order_id, count(*) FILTER (WHERE status IN {OPEN}) open,
                 sum(refund_total) FILTER (WHERE status IN ('resolved', 'closed')) total
          FROM returns_return GROUP BY 1) r ON r.order_id = o.id
        WHERE (o.open_returns, o.returned_total) <> (coalesce(r.open, 0), coalesce(r.total, 0))
          AND NOT o.is_historical ORDER BY o.id""")  # noqa: S608  only a constant is put in


@check(
    "returns.refund_bound", "No line is given back for more than it cost, and a return's money is the sum of its lines"
)
def refund_bound() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('%s cost %s and %s of it is given back', l.sku, l.total, sum(e.value))
        FROM returns_returnline e JOIN orders_orderline l ON l.id = e.line_id JOIN orders_order o ON o.id = l.order_id
        GROUP BY o.number, l.id HAVING sum(e.value) > l.total OR sum(e.qty_accepted) > l.qty_ordered ORDER BY l.id""")
    yield from findings("""
        SELECT r.number, format('refund of %s, lines %s and shipping %s', r.refund_total, sum(e.refund_amount),
                 r.shipping_refund)
        FROM returns_return r JOIN returns_returnline e ON e.rma_id = r.id
        GROUP BY r.id HAVING r.refund_total <> sum(e.refund_amount) + r.shipping_refund ORDER BY r.id""")


@check("returns.quarantine", "Every inspected unit has its finding, and nothing is settled before all were looked at")
def quarantine() -> Iterator[Finding]:
    yield from findings("""
        SELECT r.number, format('received %s, inspected %s, findings about %s', e.qty_received, e.qty_inspected,
                 coalesce(sum(i.qty), 0))
        FROM returns_returnline e JOIN returns_return r ON r.id = e.rma_id
        LEFT JOIN returns_inspection i ON i.line_id = e.id
        GROUP BY r.id, e.id HAVING coalesce(sum(i.qty), 0) <> e.qty_inspected
          OR r.status IN ('inspected', 'resolved', 'closed') AND e.qty_inspected <> e.qty_received ORDER BY e.id""")
