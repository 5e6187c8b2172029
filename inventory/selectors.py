"""What the card of one SKU shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Window

from inventory.atp import Position
from inventory.models import (
    Allocation,
    Backorder,
    Location,
    Product,
    PurchaseLine,
    PurchaseOrder,
    StockAlert,
    StockLevel,
    StockMovement,
    Transfer,
    TransferLine,
)
from inventory.promising import Coming
from inventory.states import COMING
from oms.kernel.clock import business_date
from oms.ui.charts import Chart, line_chart

SHOWN = 12
COUNTERS = ("on_hand", "reserved", "allocated", "available", "incoming", "quarantined", "damaged", "safety_stock")
DAYS = 30


@dataclass(frozen=True)
class Expected:
    """Units of the product on one line of a purchase order or a transfer."""

    document: PurchaseOrder | Transfer
    product_id: int
    sender: str
    location: Location
    qty: int
    eta: date | None
    is_confirmed: bool

    @property
    def supply(self) -> Coming | None:
        """As the arithmetic of promises wants it; None without a day."""
        if self.eta is None:
            return None
        return Coming(self.document.number, self.product_id, self.location.pk, self.qty, self.eta, self.is_confirmed)


@dataclass(frozen=True)
class Card:
    """One product everywhere: its levels, the sum of them, and the newest of everything that hangs on it."""

    product: Product
    levels: list[StockLevel]
    totals: dict[str, int]
    promises: list[Allocation]
    waiting: list[Backorder]
    backordered: int
    movements: list[StockMovement]
    coming: list[Expected]
    position: Position

    @property
    def chart(self) -> Chart:
        """What may still be promised, today and each day of the next month; below zero is drawn as nothing."""
        curve = self.position.curve(DAYS)
        labels, units = [f"{day.day} {day:%b}" for day, _ in curve], [max(qty, 0) for _, qty in curve]
        return line_chart(f"Available to promise of {self.product.sku}", labels, ("Available to promise", units))


def card(product: Product, user: Any) -> Card:
    """The card of `product` as `user` may see it, in a fixed number of questions."""
    levels = list(
        StockLevel.objects.visible_to(user)
        .filter(product=product).select_related("location").order_by("location__rank", "location__code")
    )  # fmt: skip
    promises = Allocation.objects.filter(product=product, location__in=[s.location_id for s in levels])
    queue = Backorder.objects.filter(product=product)
    backordered = sum(queue.values_list("qty", flat=True))
    available = sum(s.available for s in levels)
    coming = _coming(product, [s.location_id for s in levels])
    return Card(
        product,
        levels,
        {name: sum(getattr(s, name) for s in levels) for name in COUNTERS},
        list(promises.select_related("location").order_by("-pk")[: SHOWN + 1]),
        list(queue.order_by("created_at", "pk")[: SHOWN + 1]),
        backordered,
        list(
            StockMovement.objects.visible_to(user)
            .filter(product=product)
            .select_related("location")
            .order_by("-pk")[:SHOWN]
        ),
        coming,
        Position(available, 0, backordered, tuple(one.supply for one in coming if one.supply), business_date()),
    )


@dataclass(frozen=True)
class Low:
    """Stock below its safety stock: what is low longest, and how much there is of it in all."""

    rows: list[StockAlert]
    count: int


def low_stock(user: Any, most: int = 5) -> Low:
    """What a home shows of low stock at the places `user` sees, in one statement."""
    found = StockAlert.objects.visible_to(user).open().annotate(count=Window(Count("pk"))).measured()
    rows = list(found.select_related("product", "location").order_by("raised_at", "pk")[:most])
    return Low(rows, rows[0].count if rows else 0)  # type: ignore[attr-defined]


def _coming(product: Product, places: list[int]) -> list[Expected]:
    """What suppliers and transfers still bring to these places, the earliest first and what has no day last."""
    bought = (
        PurchaseLine.objects.filter(product=product, qty_open__gt=0, purchase__status__in=COMING)
        .filter(purchase__location__in=places)
        .select_related("purchase__location", "purchase__supplier")
    )
    moved = (
        TransferLine.objects.filter(product=product, qty_open__gt=0, transfer__status__in=COMING)
        .filter(transfer__location__in=places)
        .select_related("transfer__location", "transfer__source")
    )
    found = [
        Expected(
            x.purchase, product.pk, x.purchase.supplier.name, x.purchase.location, x.qty_open, x.eta, x.is_confirmed
        )
        for x in bought
    ]
    found += [
        Expected(x.transfer, product.pk, x.transfer.source.name, x.transfer.location, x.qty_open, x.transfer.eta, True)
        for x in moved
    ]
    return sorted(found, key=lambda one: (one.eta is None, one.eta or business_date(), one.document.number))
