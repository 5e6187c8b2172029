"""What people do with purchase orders: one module per verb."""
