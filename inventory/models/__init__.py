"""What stock is made of: products, places and counters. One module per part; import from here."""

from inventory.models.alert import AlertWatch, StockAlert
from inventory.models.arrival import ReceiptVerdict
from inventory.models.assembly import Assembly, AssemblyPart
from inventory.models.count import StockCount
from inventory.models.file import FileGoal, FileKind, StockFile
from inventory.models.kit import KitPart, LinePart
from inventory.models.purchase import (
    DropShip,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptScan,
    SafetyStock,
    Supplier,
    SupplierItem,
)
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
    ProductKind,
    StockLevel,
    StockMovement,
)
from inventory.models.stocktake import (
    Stocktake,
    StocktakeLine,
    StocktakeOutcome,
    StocktakePosting,
    StocktakeScan,
    StocktakeScope,
    StocktakeVerdict,
)
from inventory.models.transfer import Transfer, TransferLine, TransferReceipt, TransferScan

__all__ = [
    "AlertWatch",
    "Allocation",
    "AllocationKind",
    "Assembly",
    "AssemblyPart",
    "Backorder",
    "DropShip",
    "FileGoal",
    "FileKind",
    "FreightRate",
    "KitPart",
    "LinePart",
    "Location",
    "LocationKind",
    "MovementKind",
    "Occasion",
    "PolicyState",
    "PostalPoint",
    "Product",
    "ProductKind",
    "PurchaseLine",
    "PurchaseOrder",
    "Receipt",
    "ReceiptScan",
    "ReceiptVerdict",
    "RoutingDecision",
    "RoutingExample",
    "RoutingPolicy",
    "RoutingReplay",
    "RoutingRule",
    "SafetyStock",
    "StockAlert",
    "StockCount",
    "StockFile",
    "StockLevel",
    "StockMovement",
    "Stocktake",
    "StocktakeLine",
    "StocktakeOutcome",
    "StocktakePosting",
    "StocktakeScan",
    "StocktakeScope",
    "StocktakeVerdict",
    "Supplier",
    "SupplierItem",
    "Transfer",
    "TransferLine",
    "TransferReceipt",
    "TransferScan",
]  # fmt: skip
