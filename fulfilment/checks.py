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


@check(
    "fulfilment.loose_parts", "Loose components are for a kit that their work still needs, and fewer than one whole kit"
)
def loose_parts() -> Iterator[Finding]:
    yield from findings("""
        SELECT fo.number, format('%s of %s picked and %s packed for a kit that is not there', x.picked, p.sku, x.packed)
        FROM fulfilment_loosepart x JOIN fulfilment_fulfilmentorderline r ON r.id = x.row_id
        JOIN fulfilment_fulfilmentorder fo ON fo.id = r.fo_id JOIN inventory_product p ON p.id = x.product_id
        LEFT JOIN inventory_linepart l ON l.line_id = r.line_id AND l.product_id = x.product_id
        WHERE l.id IS NULL OR x.picked > (r.qty - r.qty_picked) * l.qty OR x.packed > (r.qty_picked - r.qty_packed) * l.qty""")
    yield from findings("""
        SELECT fo.number, 'every component of a kit is there and the kit is not counted'
        FROM fulfilment_fulfilmentorderline r JOIN fulfilment_fulfilmentorder fo ON fo.id = r.fo_id
        JOIN inventory_linepart l ON l.line_id = r.line_id
        LEFT JOIN fulfilment_loosepart x ON x.row_id = r.id AND x.product_id = l.product_id
        WHERE EXISTS (SELECT FROM fulfilment_loosepart y WHERE y.row_id = r.id) GROUP BY r.id, fo.number
        HAVING min(coalesce(x.picked, 0) / l.qty) > 0 OR min(coalesce(x.packed, 0) / l.qty) > 0""")


@check("fulfilment.drop_ship", "What suppliers send has its purchase order, for that order alone, with the same units")
def drop_ship() -> Iterator[Finding]:
    yield from findings("""
        SELECT f.number, CASE WHEN l.kind = 'drop_ship' THEN 'a supplier sends it and it is worked on as ours'
               ELSE 'it waits for a supplier and lies in a place of ours' END
        FROM fulfilment_fulfilmentorder f JOIN inventory_location l ON l.id = f.location_id
        WHERE f.status IN ('awaiting_stock', 'scheduled', 'with_supplier', 'open', 'picking', 'picked', 'packed')
          AND (l.kind = 'drop_ship') <> (f.status = 'with_supplier') ORDER BY f.id""")
    yield from findings("""
        SELECT f.number, CASE WHEN p.id IS NULL THEN 'a supplier sends it and nothing was ordered'
               ELSE format('%s is for %s and another place', p.number, p.order_number) END
        FROM fulfilment_fulfilmentorder f JOIN orders_order o ON o.id = f.order_id
        LEFT JOIN inventory_purchaseorder p ON p.id = f.purchase_id
        WHERE f.status = 'with_supplier' AND p.id IS NULL AND f.stop_reason = ''
           OR p.id IS NOT NULL AND (p.order_number <> o.number OR p.location_id <> f.location_id) ORDER BY f.id""")
    yield from findings("""
        SELECT f.number, format('%s of %s are on no line of its purchase order', r.qty, s.sku)
        FROM fulfilment_fulfilmentorder f JOIN fulfilment_fulfilmentorderline r ON r.fo_id = f.id AND r.qty > 0
        JOIN inventory_product s ON s.id = r.product_id LEFT JOIN inventory_purchaseline l ON l.id = r.purchase_line_id
        WHERE f.purchase_id IS NOT NULL AND f.status IN ('with_supplier', 'dispatched', 'completed')
          AND (l.purchase_id, l.product_id) IS DISTINCT FROM (f.purchase_id, r.product_id) ORDER BY f.id""")
    yield from findings("""
        SELECT p.number, format('%s: %s ordered and %s sent, its work says %s and %s', s.sku, l.qty - l.qty_cancelled,
               l.qty_received, coalesce(w.qty, 0), coalesce(w.gone, 0))
        FROM inventory_purchaseline l JOIN inventory_purchaseorder p ON p.id = l.purchase_id AND p.order_number <> ''
        JOIN inventory_product s ON s.id = l.product_id LEFT JOIN (
          SELECT r.purchase_line_id, sum(r.qty) qty, sum(r.qty_dispatched) gone FROM fulfilment_fulfilmentorderline r
          JOIN fulfilment_fulfilmentorder f ON f.id = r.fo_id WHERE f.status IN ('with_supplier', 'dispatched', 'completed')
          GROUP BY 1) w ON w.purchase_line_id = l.id
        WHERE (l.qty - l.qty_cancelled, l.qty_received) <> (coalesce(w.qty, 0), coalesce(w.gone, 0)) ORDER BY l.id""")


@check("fulfilment.supplier_units", "An order knows what suppliers have of it, and what they were asked for")
def supplier_units() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('order says %s at suppliers and %s asked for, its work %s and %s', o.supplier_units,
               o.supplier_told, coalesce(w.units, 0), coalesce(w.told, 0))
        FROM orders_order o LEFT JOIN (
          SELECT f.order_id, sum(r.qty) units, sum(r.qty) FILTER (WHERE p.status <> 'draft') told
          FROM fulfilment_fulfilmentorder f JOIN fulfilment_fulfilmentorderline r ON r.fo_id = f.id
          LEFT JOIN inventory_purchaseorder p ON p.id = f.purchase_id WHERE f.status = 'with_supplier' GROUP BY 1
        ) w ON w.order_id = o.id
        WHERE (o.supplier_units, o.supplier_told) <> (coalesce(w.units, 0), coalesce(w.told, 0)) ORDER BY o.id""")


@check(
    "fulfilment.losses",
    "An order knows by when its lost goods are to be answered, what they are worth and are written off for",
)
def losses() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('order says %s and %s, its lost parcels %s and %s', o.loss_due_at, o.loss_value, x.first,
               coalesce(x.worth, 0))
        FROM orders_order o LEFT JOIN (
          SELECT order_id, min(answer_by) first, sum(worth) worth FROM fulfilment_loss WHERE answer = 'open' GROUP BY 1
        ) x ON x.order_id = o.id
        WHERE o.loss_due_at IS DISTINCT FROM x.first OR o.loss_value <> coalesce(x.worth, 0) ORDER BY o.id""")
    yield from findings("""
        SELECT o.number, format('%s written off, %s of it for parcels one by one', o.written_off_total, x.off)
        FROM orders_order o JOIN (SELECT order_id, sum(written_off) off FROM fulfilment_loss GROUP BY 1) x ON x.order_id = o.id
        WHERE x.off > o.written_off_total ORDER BY o.id""")
    yield from findings("""
        SELECT l.number, format('%s, but its parcel is %s', l.answer, s.status)
        FROM fulfilment_loss l JOIN fulfilment_shipment s ON s.id = l.shipment_id
        WHERE (l.answer = 'found') = (s.status IN ('lost', 'damaged')) ORDER BY l.id""")
