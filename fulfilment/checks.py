"""What must always be true of parcels."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings


@check("fulfilment.attempts", "A failed delivery has a deadline for its answer, and its order knows the first of them")
def attempts() -> Iterator[Finding]:
    yield from findings("""
        SELECT number, 'nobody took it and no answer is asked for' FROM fulfilment_shipment
        WHERE status = 'attempt_failed' AND answer_by IS NULL AND NOT is_historical ORDER BY id""")
    yield from findings("""
        SELECT o.number, format('order says %s, its parcels say %s', o.attempt_due_at, s.first)
        FROM orders_order o LEFT JOIN (
          SELECT order_id, min(answer_by) first FROM fulfilment_shipment WHERE answer_by IS NOT NULL GROUP BY 1
        ) s ON s.order_id = o.id
        WHERE o.attempt_due_at IS DISTINCT FROM s.first ORDER BY o.id""")


@check("fulfilment.addresses", "Work and its parcel go to one address of their order: that of the lines in it")
def addresses() -> Iterator[Finding]:
    yield from findings("""
        SELECT f.number, 'goes to an address of another order'
        FROM fulfilment_fulfilmentorder f JOIN orders_orderaddress a ON a.id = f.ship_to_id WHERE a.order_id <> f.order_id""")
    yield from findings("""
        SELECT f.number, format('%s of it goes to another address', l.sku)
        FROM fulfilment_fulfilmentorder f JOIN fulfilment_fulfilmentorderline r ON r.fo_id = f.id AND r.qty > 0
        JOIN orders_orderline l ON l.id = r.line_id
        WHERE f.status NOT IN ('cancelled', 'rejected') AND l.ship_to_id IS DISTINCT FROM f.ship_to_id""")
