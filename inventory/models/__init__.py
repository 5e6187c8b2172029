"""What stock is made of: products, places and counters. One module per part; import from here."""

from inventory.models.stock import (
    Allocation,
    AllocationKind,
    Backorder,
    Location,
    LocationKind,
    MovementKind,
    Product,
    StockLevel,
    StockMovement,
)

__all__ = [
    "Allocation", "AllocationKind", "Backorder", "Location", "LocationKind", "MovementKind", "Product", "StockLevel",
    "StockMovement",
]  # fmt: skip
