"""Files on an order: what may be attached, and where it lies."""
