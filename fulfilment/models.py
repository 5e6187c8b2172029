"""Warehouse work, parcels and the carriers that take them."""

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from fulfilment.states import ShipmentLifecycle, ShipmentStatus, WorkLifecycle, WorkStatus
from inventory.models import Location, Product
from oms.kernel.models import one_of
from orders.models import Order, OrderLine


def next_number(prefix: str, sequence: str) -> str:
    """A public number from its sequence; gaps are allowed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return f"{prefix}-{cursor.fetchone()[0]}"


class Carrier(models.Model):
    """Who takes parcels; `tracking_url` holds {number} where the tracking number goes."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    tracking_url = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RowsByOrder(models.QuerySet):
    def visible_to(self, user):
        """Rows of the orders the person may see."""
        return self.filter(order__in=Order.objects.visible_to(user))


class FulfilmentOrder(WorkLifecycle):
    """What one location has to pick, pack and hand over for one order."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="fulfilment_orders")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    assignee = models.CharField(max_length=150, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    picking_at = models.DateTimeField(null=True, blank=True)
    picked_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    objects = RowsByOrder.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["status", "location", "created_at"], name="fo_queue")]
        constraints = [one_of("fo_status_known", "status", WorkStatus)]

    def __str__(self) -> str:
        return self.number


class FulfilmentOrderLine(models.Model):
    """Units of one order line; picked, packed and dispatched are running totals of this line."""

    fo = models.ForeignKey(FulfilmentOrder, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="fulfilment_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    qty_picked = models.PositiveIntegerField(default=0)
    qty_packed = models.PositiveIntegerField(default=0)
    qty_dispatched = models.PositiveIntegerField(default=0)

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


class Shipment(ShipmentLifecycle):
    """One parcel on its way to the customer."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    fulfilment_order = models.ForeignKey(
        FulfilmentOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments"
    )
    carrier = models.ForeignKey(Carrier, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tracking_number = models.CharField(max_length=80, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    is_historical = models.BooleanField(default=False)

    objects = RowsByOrder.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [one_of("shipment_status_known", "status", ShipmentStatus)]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    qty = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(name="shipment_line_not_empty", condition=Q(qty__gt=0)),
        ]


class TrackingEvent(models.Model):
    """What the carrier or a person said about a parcel; late ones are kept and not applied."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="tracking_events")
    status = models.CharField(max_length=30)
    text = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)
    is_applied = models.BooleanField(default=True)

    class Meta:
        ordering = ["-occurred_at", "-pk"]
