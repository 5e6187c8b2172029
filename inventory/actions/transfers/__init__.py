"""What people do with transfers between our own places: one module per verb."""
