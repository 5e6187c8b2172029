"""What the card of one SKU shows."""

from dataclasses import dataclass
from typing import Any

from inventory.atp import Position
from inventory.models import Allocation, Backorder, Product, PurchaseLine, StockLevel, StockMovement
from inventory.promising import Coming
from inventory.states import COMING
from oms.kernel.clock import business_date
from oms.ui.charts import Chart, line_chart

SHOWN = 12
COUNTERS = ("on_hand", "reserved", "allocated", "available", "incoming", "quarantined", "damaged", "safety_stock")
DAYS = 30


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
    coming: list[PurchaseLine]
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
    coming = list(
        PurchaseLine.objects.filter(product=product, qty_open__gt=0, purchase__status__in=COMING)
        .filter(purchase__location__in=[s.location_id for s in levels])
        .select_related("purchase__location", "purchase__supplier")
        .order_by("eta", "pk")
    )
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
        Position(available, 0, backordered, tuple(_supply(line) for line in coming if line.eta), business_date()),
    )


def _supply(line: PurchaseLine) -> Coming:
    assert line.eta is not None
    order = line.purchase
    return Coming(order.number, line.product_id, order.location_id, line.qty_open, line.eta, line.is_confirmed)
