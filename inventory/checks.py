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
