"""What stock is made of: products, places and counters. One module per part; import from here."""

from inventory.models.routing import (
    FreightRate,
    Occasion,
    PolicyState,
    PostalPoint,
    RoutingDecision,
    RoutingExample,
    RoutingPolicy,
    RoutingReplay,
    RoutingRule,
)
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
    "Allocation",
    "AllocationKind",
    "Backorder",
    "FreightRate",
    "Location",
    "LocationKind",
    "MovementKind",
    "Occasion",
    "PolicyState",
    "PostalPoint",
    "Product",
    "RoutingDecision",
    "RoutingExample",
    "RoutingPolicy",
    "RoutingReplay",
    "RoutingRule",
    "StockLevel",
    "StockMovement",
]  # fmt: skip
