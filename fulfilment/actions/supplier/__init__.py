"""What a supplier sends to the customer: one module per verb. The order's lock is taken before the purchase order's."""
