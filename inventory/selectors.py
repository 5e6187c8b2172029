"""What the card of one SKU shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce

from inventory.atp import Position, position
from inventory.dropping import Sent, senders_of
from inventory.kit_card import KitCard, kit_cards, kits_of, recipe_events, waiting_units
from inventory.models import (
    Allocation,
    Assembly,
    Backorder,
    KitPart,
    LinePart,
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
from oms.events.models import Event
from oms.kernel.clock import business_date
from oms.ui.charts import Chart, line_chart

SHOWN = 12
COUNTERS = ("on_hand", "reserved", "allocated", "available", "incoming", "quarantined", "damaged", "safety_stock")
DAYS = 30


@dataclass(frozen=True)
class Expected:
    """Units of the product on one line of a purchase order or a transfer."""

    document: PurchaseOrder | Transfer | Assembly
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
    kit: KitCard | None = None
    recipes: tuple[Event, ...] = ()
    goes_into: tuple[KitPart, ...] = ()
    senders: tuple[Sent, ...] = ()

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
    if product.is_kit:
        return _card_of_kit(product, user)
    at = Q(location__in=[s.location_id for s in levels]) | Q(location__kind="drop_ship")
    promises = with_units(Allocation.objects.filter(at), product)
    queue = with_units(Backorder.objects.all(), product)
    backordered = waiting_units(product.pk)
    available = sum(s.available for s in levels)
    coming = _coming(product, [s.location_id for s in levels])
    return Card(
        product,
        levels,
        {name: sum(getattr(s, name) for s in levels) for name in COUNTERS},
        list(promises.select_related("location", "product").order_by("-pk")[: SHOWN + 1]),
        list(queue.select_related("product").order_by("created_at", "pk")[: SHOWN + 1]),
        backordered,
        list(
            StockMovement.objects.visible_to(user)
            .filter(product=product)
            .select_related("location")
            .order_by("-pk")[:SHOWN]
        ),
        coming,
        Position(available, 0, backordered, tuple(one.supply for one in coming if one.supply), business_date()),
        recipes=tuple(recipe_events(product)),
        goes_into=tuple(kits_of(product)),
        senders=tuple(senders_of(product.pk)),
    )


@dataclass(frozen=True)
class Low:
    """Stock below its safety stock: what is low longest, and how much there is of it in all."""

    rows: list[StockAlert]
    count: int


def low_stock(user: Any, most: int = 5) -> Low:
    """What a home shows of low stock at the places `user` sees, in one statement."""
    found = StockAlert.objects.visible_to(user).pressing().annotate(count=Window(Count("pk"))).measured()
    rows = list(found.select_related("product", "location", "taken_by").order_by("raised_at", "pk")[:most])
    return Low(rows, rows[0].count if rows else 0)  # type: ignore[attr-defined]


def with_units(rows: QuerySet, product: Product) -> QuerySet:
    """Promises or waiting units of the product, those for kits by their recipe included; `units` are of the product."""
    part = LinePart.objects.filter(line_id=OuterRef("line_id"), product=product).values("qty")
    lines = LinePart.objects.filter(product=product).values("line_id")
    return rows.filter(Q(product=product) | Q(line_id__in=lines)).annotate(
        units=F("qty") * Coalesce(Subquery(part), 1, output_field=IntegerField())
    )


def _card_of_kit(product: Product, user: Any) -> Card:
    """A kit has no stock of its own; its promises and its queue are in kits."""
    kit = kit_cards([product], user)[0]
    promises = with_units(Allocation.objects.all(), product)
    if user.location_codes:
        promises = promises.filter(location__code__in=user.location_codes)
    queue = with_units(Backorder.objects.all(), product)
    held = dict(promises.order_by().values_list("kind").annotate(n=Sum("qty")))
    totals = dict.fromkeys(COUNTERS, 0) | {
        "available": kit.qty, "reserved": held.get("soft", 0), "allocated": held.get("hard", 0),
    }  # fmt: skip
    places = [place.location.pk for place in kit.places]
    return Card(
        product, [], totals, list(promises.select_related("location", "product").order_by("-pk")[: SHOWN + 1]),
        list(queue.select_related("product").order_by("created_at", "pk")[: SHOWN + 1]),
        sum(queue.values_list("qty", flat=True)), [], [], position(product.pk, location_ids=places),
        kit=kit, recipes=tuple(recipe_events(product)),
    )  # fmt: skip


def _coming(product: Product, places: list[int]) -> list[Expected]:
    """What suppliers, transfers and our own hands still bring to these places, the earliest first and what has no day last."""
    bought = (
        PurchaseLine.objects.filter(
            product=product, qty_open__gt=0, purchase__status__in=COMING, purchase__order_number=""
        )
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
    made = Assembly.objects.making().filter(product=product, location__in=places).select_related("location")
    found += [
        Expected(x, product.pk, "Made here", x.location, x.qty_open, x.eta, x.started_at is not None) for x in made
    ]
    return sorted(found, key=lambda one: (one.eta is None, one.eta or business_date(), one.document.number))
