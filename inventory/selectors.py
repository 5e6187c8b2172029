"""What the card of one SKU shows."""

from dataclasses import dataclass
from typing import Any

from inventory.models import Allocation, Backorder, Product, StockLevel, StockMovement

SHOWN = 12
COUNTERS = ("on_hand", "reserved", "allocated", "available", "quarantined", "damaged", "safety_stock")


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


def card(product: Product, user: Any) -> Card:
    """The card of `product` as `user` may see it, in a fixed number of questions."""
    levels = list(
        StockLevel.objects.visible_to(user)
        .filter(product=product).select_related("location").order_by("location__rank", "location__code")
    )  # fmt: skip
    promises = Allocation.objects.filter(product=product, location__in=[s.location_id for s in levels])
    queue = Backorder.objects.filter(product=product)
    return Card(
        product,
        levels,
        {name: sum(getattr(s, name) for s in levels) for name in COUNTERS},
        list(promises.select_related("location").order_by("-pk")[: SHOWN + 1]),
        list(queue.order_by("created_at", "pk")[: SHOWN + 1]),
        sum(queue.values_list("qty", flat=True)),
        list(
            StockMovement.objects.visible_to(user)
            .filter(product=product)
            .select_related("location")
            .order_by("-pk")[:SHOWN]
        ),
    )
