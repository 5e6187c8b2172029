"""Paper of the warehouse: packing slip and pick list."""
