"""What must always be true of stock."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings

PLACE = (
    "(SELECT sku FROM inventory_product WHERE id = s.product_id) || ' at ' || "
    "(SELECT code FROM inventory_location WHERE id = s.location_id)"
)

OPEN_SUPPLY = """
  SELECT l.product_id, o.location_id, sum(l.qty_open) qty FROM inventory_purchaseline l
  JOIN inventory_purchaseorder o ON o.id = l.purchase_id WHERE o.status IN ('sent', 'part_received') GROUP BY 1, 2
"""


@check("stock.ledger", "On hand, quarantined and damaged are the sums of the movements")
def ledger() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('on hand %s, movements say %s', s.on_hand, coalesce(m.on_hand, 0)) FROM inventory_stocklevel s
        LEFT JOIN (SELECT product_id, location_id, sum(on_hand) on_hand, sum(quarantined) quarantined, sum(damaged) damaged
                   FROM inventory_stockmovement GROUP BY 1, 2) m USING (product_id, location_id)
        WHERE s.on_hand <> coalesce(m.on_hand, 0) OR s.quarantined <> coalesce(m.quarantined, 0)
           OR s.damaged <> coalesce(m.damaged, 0)""")  # noqa: S608


@check("stock.promises", "Reserved and allocated are the sums of the allocations")
def promises() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('reserved %s and allocated %s, promises say %s and %s',
               s.reserved, s.allocated, coalesce(a.soft, 0), coalesce(a.hard, 0))
        FROM inventory_stocklevel s
        LEFT JOIN (SELECT product_id, location_id, sum(qty) FILTER (WHERE kind = 'soft') soft, sum(qty) FILTER (WHERE kind = 'hard') hard
                   FROM inventory_allocation GROUP BY 1, 2) a USING (product_id, location_id)
        WHERE s.reserved <> coalesce(a.soft, 0) OR s.allocated <> coalesce(a.hard, 0)""")  # noqa: S608


@check("stock.bounds", "No counter is negative and nothing is oversold")
def bounds() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('available %s', s.available) FROM inventory_stocklevel s
        WHERE least(s.on_hand, s.quarantined, s.damaged, s.reserved, s.allocated, s.available) < 0""")  # noqa: S608


@check("routing.rules", "The live routing rules can be asked: some are on, and they stand in order without a gap")
def rules() -> Iterator[Finding]:
    yield from findings("""
        SELECT 'v' || p.version, CASE WHEN count(r.id) FILTER (WHERE r.is_on) = 0 THEN 'no rule is on'
               ELSE format('%s rules, the last is number %s', count(r.id), max(r.position)) END
        FROM inventory_routingpolicy p LEFT JOIN inventory_routingrule r ON r.policy_id = p.id
        WHERE p.state = 'active' GROUP BY p.id
        HAVING count(r.id) FILTER (WHERE r.is_on) = 0 OR max(r.position) <> count(r.id)""")


@check("routing.decisions", "Whatever is promised somewhere has a decision that says why there")
def decisions() -> Iterator[Finding]:
    # Promises older than the oldest decision were made before decisions were kept.
    yield from findings("""
        SELECT DISTINCT a.order_number, 'units are promised and no decision says why there' FROM inventory_allocation a
        WHERE a.created_at >= (SELECT min(at) FROM inventory_routingdecision)
          AND NOT EXISTS (SELECT 1 FROM inventory_routingdecision d WHERE d.order_number = a.order_number)""")


@check("stock.incoming", "Incoming is what purchase orders on their way still bring")
def incoming() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('incoming %s, documents say %s', s.incoming, coalesce(d.qty, 0))
        FROM inventory_stocklevel s LEFT JOIN ({OPEN_SUPPLY}) d USING (product_id, location_id)
        WHERE s.incoming <> coalesce(d.qty, 0)""")  # noqa: S608
    yield from findings(f"""
        SELECT p.sku, format('%s are on their way to a place without a level', d.qty) FROM ({OPEN_SUPPLY}) d
        JOIN inventory_product p ON p.id = d.product_id
        LEFT JOIN inventory_stocklevel s USING (product_id, location_id) WHERE d.qty > 0 AND s.id IS NULL""")  # noqa: S608


@check("purchases.received", "What a purchase order received is what its deliveries booked in, and the ledger has it")
def received() -> Iterator[Finding]:
    yield from findings("""
        SELECT o.number, format('%s: line says %s received, deliveries %s', p.sku, l.qty_received, coalesce(r.qty, 0))
        FROM inventory_purchaseline l JOIN inventory_purchaseorder o ON o.id = l.purchase_id
        JOIN inventory_product p ON p.id = l.product_id LEFT JOIN (
          SELECT s.line_id, sum(s.qty) qty FROM inventory_receiptscan s JOIN inventory_receipt r ON r.id = s.receipt_id
          WHERE r.booked_at IS NOT NULL AND s.undone_at IS NULL AND s.line_id IS NOT NULL GROUP BY 1) r ON r.line_id = l.id
        WHERE l.qty_received <> coalesce(r.qty, 0) ORDER BY l.id""")
    yield from findings("""
        SELECT r.number, format('%s booked in, the ledger has %s', r.qty, coalesce(m.qty, 0))
        FROM (SELECT r.number, sum(s.qty) qty FROM inventory_receipt r JOIN inventory_receiptscan s ON s.receipt_id = r.id
              WHERE r.booked_at IS NOT NULL AND s.undone_at IS NULL AND s.line_id IS NOT NULL GROUP BY 1) r
        LEFT JOIN (SELECT source, sum(on_hand) qty FROM inventory_stockmovement WHERE kind = 'receipt' GROUP BY 1) m
          ON m.source = r.number
        WHERE r.qty <> coalesce(m.qty, 0)""")
