"""After-order events: goods that come back, claims, parcels that never arrived.

Owns: returns (RMA) with their lines, what inspection found, and the reasons. Does not own: stock counters, refunds,
the order's quantities (it reports them). Received goods enter quarantine; only an inspection makes them sellable.
Says: returns.requested, approved, declined, awaiting_item, in_transit, part_received, received, inspected, resolved,
closed, cancelled, expired, reopened.
"""
