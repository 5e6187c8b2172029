"""The order desk: what was ordered, by whom, where it stands, what must happen next and who owns it.

Owns: channels, customers, orders, lines, holds, notes with mentions and files, stages, move policies, imports, saved views,
checks before confirmation (orders/checking) and approvals.
Does not own: stock (inventory), money rows (payments), parcels (fulfilment), returns.
The order row is the lock for everything about that order. `actions/progress.py` is the only writer of derived columns.
Says: orders.placed, orders.imported, orders.confirmed, orders.released, orders.held, orders.hold_cleared, orders.cancelled,
orders.remainder_cancelled, orders.assigned, orders.noted, orders.file_attached, orders.file_removed,
orders.edited, orders.completed, orders.closed, orders.reopened,
orders.checked, orders.approved, orders.declined, orders.hold_declined, orders.asked_again,
orders.amendment_drafted, orders.amendment_requested,
orders.amendment_approved, orders.amendment_declined, orders.units_withdrawn, orders.amended, orders.undone,
orders.unconfirmed, orders.restored, orders.rate_recorded, orders.rates_imported,
orders.split, orders.split_off, orders.merged, orders.merged_in, orders.customer_merged,
customers.merged, orders.prioritized, orders.tagged, automatic.switched,
orders.stock_asked_again, orders.place_chosen, orders.place_left_to_rules,
and to channels that are told their stock: stock.changed.
"""
