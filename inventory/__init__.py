"""Stock: what is where, what is promised to whom.

Owns: products, locations, stock levels and their ledger, allocations, back-orders, routing.
Does not own: order lines (it knows them by id), purchase prices, shipping.
Only `ledger.post()` changes on-hand quantities; only `actions/` change allocations, each together with the counter.
Says: inventory.moved (adjustments and receipts made by people), inventory.fell_below and enough_again (low stock),
alert_taken, alert_put_off, alert_given_back and alert_came_back.
"""
