"""The products on the fair-share desk: what waits for each, what there is, and what comes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Sum

from inventory.models import Backorder, Product, StockLevel

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """One product that orders wait for. `uncovered` units are neither here nor on their way."""

    product: Product
    waiting: int
    orders: int
    since: datetime
    free: int
    held: int
    incoming: int

    @property
    def uncovered(self) -> int:
        return max(self.waiting - self.free - self.incoming, 0)

    @property
    def waits_for_decision(self) -> bool:
        return self.product.is_rationed and self.free > 0


def to_decide() -> int:
    """How many products have units on the shelf that wait for a decision."""
    waits = Backorder.objects.filter(product=OuterRef("pk"))
    free = StockLevel.objects.filter(product=OuterRef("pk"), location__is_active=True, available__gt=0)
    return Product.objects.filter(Exists(waits), Exists(free), is_rationed=True).count()


def rows() -> tuple[list[Row], int]:
    """The two hundred products with most to decide, those with units on the shelf first; and how many there are."""
    queue = (
        Backorder.objects.order_by()
        .values("product")
        .annotate(units=Sum("qty"), orders=Count("order_number", distinct=True), since=Min("created_at"))
    )
    waiting = {row["product"]: row for row in queue}
    levels = StockLevel.objects.filter(product__in=list(waiting), location__is_active=True).order_by()
    sums = levels.values("product").annotate(free=Sum("available"), held=Sum("reserved"), coming=Sum("incoming"))
    there = {row["product"]: row for row in sums}
    found = []
    for product in Product.objects.filter(pk__in=list(waiting)):
        asked, has = waiting[product.pk], there.get(product.pk, {"free": 0, "held": 0, "coming": 0})
        found.append(
            Row(
                product,
                asked["units"],
                asked["orders"],
                asked["since"],
                max(has["free"], 0),
                has["held"],
                has["coming"],
            )
        )
    found.sort(key=lambda r: (not r.waits_for_decision, not (r.free or r.held), -r.uncovered, r.since))
    return found[:SHOWN], len(found)
