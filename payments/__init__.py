"""Money of orders: tenders, what happened to them, refunds.

Owns Payment, PaymentEvent, Refund, RefundPart, RefundPolicy. Pushes sums to the order through orders.actions.progress.
Does not own: what an order costs (orders), why goods come back (returns).
"""
