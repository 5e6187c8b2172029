"""What a location has to pick and pack, and every scan at the packing table."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from fulfilment.models.base import RowsByOrder
from fulfilment.states import WorkLifecycle, WorkStatus
from inventory.models import Location, Product, PurchaseLine, PurchaseOrder
from oms.kernel.claims import Claimable
from oms.kernel.models import one_of
from orders.models import Order, OrderAddress, OrderLine, place_name


class BoxSize(models.TextChoices):
    SMALL = "small", "Small"
    MEDIUM = "medium", "Medium"
    LARGE = "large", "Large"


class WorkRows(RowsByOrder):
    def told(self):
        """Work that a supplier was asked to send."""
        return self.filter(status=WorkStatus.WITH_SUPPLIER, purchase__isnull=False).exclude(purchase__status="draft")


class FulfilmentOrder(Claimable, WorkLifecycle):
    """What one location has to pick, pack and hand over for one order, to one address (empty: the order's own).

    Where a supplier sends it, `purchase` is what it was ordered on; asked to stop, it waits for their answer.
    """

    CLAIM_STEP = "status"

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="fulfilment_orders")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    ship_to = models.ForeignKey(
        OrderAddress, null=True, blank=True, on_delete=models.PROTECT, related_name="fulfilment_orders", db_index=False
    )
    assignee = models.CharField(max_length=150, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    picking_at = models.DateTimeField(null=True, blank=True)
    picked_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    box = models.CharField(max_length=10, choices=BoxSize, blank=True)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)
    purchase = models.ForeignKey(
        PurchaseOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="work", db_index=False
    )
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects = WorkRows.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["status", "location", "created_at"], name="fo_queue"),
            models.Index(fields=["purchase"], name="fo_purchase", condition=Q(purchase__isnull=False)),
        ]
        constraints = [
            one_of("fo_status_known", "status", WorkStatus),
            models.CheckConstraint(
                name="fo_stop_is_asked_of_supplier", condition=Q(stop_asked_at__isnull=True) | Q(status="with_supplier")
            ),
            models.CheckConstraint(name="fo_box_known", condition=Q(box__in=("", *BoxSize.values))),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_told(self) -> bool:
        """Whether a supplier was asked to send it, and has not been stopped."""
        return self.purchase is not None and self.purchase.status != "draft"

    @property
    def contents(self) -> str:
        """What is left of its lines, as "2 × BL-06, 1 × CC-07"; what went over to other work is not named."""
        return ", ".join(f"{row.qty} × {row.line.sku}" for row in self.lines.all() if row.qty)

    @property
    def address(self) -> dict[str, Any]:
        """Where its parcel goes."""
        return self.ship_to.address if self.ship_to else self.order.ship_to

    @property
    def address_name(self) -> str:
        """Which of the order's addresses, where it has several: “Address 2, Pune”."""
        return str(self.ship_to) if self.ship_to else place_name(1, self.order.ship_to)

    @property
    def city(self) -> str:
        return self.ship_to.city if self.ship_to else self.order.ship_city


class FulfilmentOrderLine(models.Model):
    """Units of one order line; picked, packed and dispatched are running totals of this line."""

    fo = models.ForeignKey(FulfilmentOrder, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="fulfilment_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    qty_picked = models.PositiveIntegerField(default=0)
    qty_packed = models.PositiveIntegerField(default=0)
    qty_dispatched = models.PositiveIntegerField(default=0)
    purchase_line = models.ForeignKey(
        PurchaseLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["fo", "line"], name="fo_line_once"),
            models.CheckConstraint(
                name="fo_line_in_order",
                condition=Q(qty__gte=F("qty_picked"))
                & Q(qty_picked__gte=F("qty_packed"))
                & Q(qty_packed__gte=F("qty_dispatched")),
            ),
        ]


class Verdict(models.TextChoices):
    OK = "ok", "Counted"
    COMPLETE = "complete", "Complete"
    TOO_MANY = "too_many", "Too many"
    WRONG = "wrong", "Wrong item"


class PackScan(models.Model):
    """One scan at the packing table and its answer. `qty` is the count it made or would have made; an undone scan stays."""

    fo = models.ForeignKey(FulfilmentOrder, on_delete=models.PROTECT, related_name="scans")
    fo_line = models.ForeignKey(FulfilmentOrderLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=255, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    count = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    actor_name = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [one_of("scan_verdict_known", "verdict", Verdict)]
