"""What must always be true of stock."""

from collections.abc import Iterator

from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings

PLACE = (
    "(SELECT sku FROM inventory_product WHERE id = s.product_id) || ' at ' || "
    "(SELECT code FROM inventory_location WHERE id = s.location_id)"
)


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
