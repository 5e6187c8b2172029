"""What must always be true of stock."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings

PLACE = (
    "(SELECT sku FROM inventory_product WHERE id = s.product_id) || ' at ' || "
    "(SELECT code FROM inventory_location WHERE id = s.location_id)"
)

OPEN_SUPPLY = """
  SELECT product_id, location_id, sum(qty_open) qty FROM (
    SELECT l.product_id, o.location_id, l.qty_open FROM inventory_purchaseline l
    JOIN inventory_purchaseorder o ON o.id = l.purchase_id WHERE o.status IN ('sent', 'part_received')
      AND o.order_number = ''
    UNION ALL
    SELECT l.product_id, t.location_id, l.qty_open FROM inventory_transferline l
    JOIN inventory_transfer t ON t.id = l.transfer_id WHERE t.status IN ('sent', 'part_received')
    UNION ALL
    SELECT product_id, location_id, qty_open FROM inventory_assembly WHERE status IN ('planned', 'started')
  ) on_the_way GROUP BY 1, 2
"""


@check("stock.ledger", "On hand, quarantined and damaged are the sums of the movements")
def ledger() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('on hand %s, movements say %s', s.on_hand, coalesce(m.on_hand, 0)) FROM inventory_stocklevel s
        LEFT JOIN (SELECT product_id, location_id, sum(on_hand) on_hand, sum(quarantined) quarantined, sum(damaged) damaged
                   FROM inventory_stockmovement GROUP BY 1, 2) m USING (product_id, location_id)
        WHERE s.on_hand <> coalesce(m.on_hand, 0) OR s.quarantined <> coalesce(m.quarantined, 0)
           OR s.damaged <> coalesce(m.damaged, 0)""")  # noqa: S608


@check("stock.promises", "Reserved and allocated are the sums of the allocations, a kit counted by its components")
def promises() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('reserved %s and allocated %s, promises say %s and %s',
               s.reserved, s.allocated, coalesce(a.soft, 0), coalesce(a.hard, 0))
        FROM inventory_stocklevel s
        LEFT JOIN (SELECT coalesce(p.product_id, a.product_id) product_id, a.location_id,
                          sum(a.qty * coalesce(p.qty, 1)) FILTER (WHERE a.kind = 'soft') soft,
                          sum(a.qty * coalesce(p.qty, 1)) FILTER (WHERE a.kind = 'hard') hard
                   FROM inventory_allocation a LEFT JOIN inventory_linepart p USING (line_id) GROUP BY 1, 2) a
          USING (product_id, location_id)
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


@check("stock.incoming", "Incoming is what purchase orders, transfers and assemblies still bring")
def incoming() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, format('incoming %s, documents say %s', s.incoming, coalesce(d.qty, 0))
        FROM inventory_stocklevel s LEFT JOIN ({OPEN_SUPPLY}) d USING (product_id, location_id)
        WHERE s.incoming <> coalesce(d.qty, 0)""")  # noqa: S608
    yield from findings(f"""
        SELECT p.sku, format('%s are on their way to a place without a level', d.qty) FROM ({OPEN_SUPPLY}) d
        JOIN inventory_product p ON p.id = d.product_id
        LEFT JOIN inventory_stocklevel s USING (product_id, location_id) WHERE d.qty > 0 AND s.id IS NULL""")  # noqa: S608


@check("suppliers.no_stock", "Nothing of ours lies at a supplier, and none of it is expected there")
def no_stock_at_suppliers() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT {PLACE}, 'a stock level at a supplier' FROM inventory_stocklevel s
        JOIN inventory_location l ON l.id = s.location_id
        WHERE l.kind = 'drop_ship' AND (s.on_hand, s.reserved, s.allocated, s.incoming) <> (0, 0, 0, 0)""")  # noqa: S608


@check("purchases.received", "What a purchase order received is what its deliveries booked in, and the ledger has it")
def received() -> Iterator[Finding]:
    # What went straight to a customer was never here (fulfilment.drop_ship has it).
    yield from _arrived("purchase", "purchaseorder", "receipt", "receiptscan", "receipt", "AND o.order_number = ''")


@check("transfers.sent", "What a transfer sent has left its place in the ledger, and only then")
def left() -> Iterator[Finding]:
    yield from findings("""
        SELECT t.number, format('%s: %s sent, the ledger has %s', p.sku, l.qty, coalesce(m.qty, 0))
        FROM (SELECT x.transfer_id, x.product_id, sum(x.qty) FILTER (WHERE t.sent_at IS NOT NULL) qty FROM inventory_transferline x
              JOIN inventory_transfer t ON t.id = x.transfer_id GROUP BY 1, 2) l
        JOIN inventory_transfer t ON t.id = l.transfer_id JOIN inventory_product p ON p.id = l.product_id
        LEFT JOIN (SELECT source, product_id, location_id, -sum(on_hand) qty FROM inventory_stockmovement
                   WHERE kind = 'transfer' GROUP BY 1, 2, 3) m
          ON m.source = t.number AND m.product_id = l.product_id AND m.location_id = t.source_id
        WHERE coalesce(l.qty, 0) <> coalesce(m.qty, 0) ORDER BY t.id""")


@check(
    "transfers.recalled",
    "What was recalled before it left stands in the books of its place again, and nothing else does",
)
def recalled() -> Iterator[Finding]:
    yield from findings("""
        SELECT t.number, format('%s units recalled, the ledger has %s', coalesce(l.qty, 0), coalesce(m.qty, 0))
        FROM inventory_transfer t
        LEFT JOIN (SELECT x.transfer_id, sum(x.qty) qty FROM inventory_transferline x JOIN inventory_transfer t
                   ON t.id = x.transfer_id WHERE t.status = 'cancelled' AND t.sent_at IS NOT NULL GROUP BY 1) l
          ON l.transfer_id = t.id
        LEFT JOIN (SELECT source, location_id, sum(on_hand) qty FROM inventory_stockmovement
                   WHERE kind = 'transfer' AND source LIKE '%% recalled' GROUP BY 1, 2) m
          ON m.source = t.number || ' recalled' AND m.location_id = t.source_id
        WHERE coalesce(l.qty, 0) <> coalesce(m.qty, 0)""")


@check("transfers.received", "What a transfer received is what its arrivals booked in, and the ledger has it")
def arrived() -> Iterator[Finding]:
    yield from _arrived("transfer", "transfer", "transferreceipt", "transferscan", "transfer")


def _arrived(document: str, table: str, receipt: str, scan: str, kind: str, unless: str = "") -> Iterator[Finding]:
    """Lines against deliveries, deliveries against the ledger; the names are those of our own tables."""
    yield from findings(f"""
        SELECT o.number, format('%s: line says %s received, deliveries %s', p.sku, l.qty_received, coalesce(r.qty, 0))
        FROM inventory_{document}line l JOIN inventory_{table} o ON o.id = l.{document}_id
        JOIN inventory_product p ON p.id = l.product_id LEFT JOIN (
          SELECT s.line_id, sum(s.qty) qty FROM inventory_{scan} s JOIN inventory_{receipt} r ON r.id = s.receipt_id
          WHERE r.booked_at IS NOT NULL AND s.undone_at IS NULL AND s.line_id IS NOT NULL GROUP BY 1) r ON r.line_id = l.id
        WHERE l.qty_received <> coalesce(r.qty, 0) {unless} ORDER BY l.id""")  # noqa: S608
    yield from findings(f"""
        SELECT r.number, format('%s booked in, the ledger has %s', r.qty, coalesce(m.qty, 0))
        FROM (SELECT r.number, sum(s.qty) qty FROM inventory_{receipt} r JOIN inventory_{scan} s ON s.receipt_id = r.id
              WHERE r.booked_at IS NOT NULL AND s.undone_at IS NULL AND s.line_id IS NOT NULL GROUP BY 1) r
        LEFT JOIN (SELECT source, sum(on_hand) qty FROM inventory_stockmovement WHERE kind = '{kind}' GROUP BY 1) m
          ON m.source = r.number
        WHERE r.qty <> coalesce(m.qty, 0)""")  # noqa: S608
