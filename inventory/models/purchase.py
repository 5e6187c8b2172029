"""What is bought: suppliers, purchase orders, and the deliveries that fulfil them."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from inventory.models.arrival import Arrival, ArrivalScan, ReceiptVerdict
from inventory.models.stock import Location, Product
from inventory.querysets import PurchaseQuerySet
from inventory.states import SHIPPED, PurchaseLifecycle, PurchaseStatus
from oms.kernel.models import MoneyField, Stamped, one_of


class DropShip(models.TextChoices):
    """When a supplier sends a product to our customers; empty: never."""

    OWN_FIRST = "own_first", "When our own stock cannot"
    SUPPLIER_FIRST = "supplier_first", "Before our own stock"
    SUPPLIER_ONLY = "supplier_only", "Always; our own stock is not asked"


class Supplier(Stamped):
    """Who we buy from. Money in `currency`; `lead_days` from sending to arrival, in calendar days.

    One that sends to our customers has a `place`, so that routing can choose it; nothing of ours ever lies there.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)
    currency = models.CharField(max_length=3, default="INR")
    lead_days = models.PositiveSmallIntegerField(default=7)
    minimum = MoneyField("minimum order value", default=0)
    over_percent = models.PositiveSmallIntegerField(
        "accepted over-delivery, per cent", default=0, help_text="More than that is booked in only with a reason."
    )
    is_active = models.BooleanField(default=True)
    place = models.OneToOneField(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="supplier")
    ships_to = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, db_default=[],
        verbose_name="countries they send to", help_text="Two letters each, such as IN, AU; empty: everywhere.",
    )  # fmt: skip

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="supplier_minimum_not_negative", condition=Q(minimum__gte=0)),
            models.CheckConstraint(name="supplier_over_within_bounds", condition=Q(over_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierItem(models.Model):
    """A product as a supplier sells it. `pack`: units come in multiples of it; `cost` in the supplier's currency.

    `drop_ship` says when they send it to our customers. Their own stock is what they told us at `stock_at` (None: they
    tell none), of which `shipped_since` have left to our customers since.
    """

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="sources")
    code = models.CharField("supplier's code", max_length=80, blank=True)
    cost = MoneyField(default=0)
    pack = models.PositiveIntegerField(default=1)
    is_preferred = models.BooleanField(default=True)
    drop_ship = models.CharField(
        "sends it to our customers", max_length=20, choices=DropShip, blank=True, default="", db_default=""
    )
    lead_days = models.PositiveSmallIntegerField("days until it leaves them", null=True, blank=True)
    min_qty = models.PositiveIntegerField("fewest units of a parcel", default=1, db_default=1)
    stock = models.PositiveIntegerField("units they told us of", null=True, blank=True)
    stock_at = models.DateTimeField(null=True, blank=True)
    shipped_since = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["-is_preferred", "pk"]
        indexes = [models.Index(fields=["product"], name="supplier_item_drop_ship", condition=~Q(drop_ship=""))]
        constraints = [
            models.CheckConstraint(
                name="supplier_item_drop_ship_known", condition=Q(drop_ship__in=("", *DropShip.values))
            ),
            models.CheckConstraint(name="supplier_item_min_positive", condition=Q(min_qty__gt=0)),
            models.CheckConstraint(
                name="supplier_item_stock_has_moment",
                condition=Q(stock__isnull=True) | Q(stock_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["supplier", "product"], name="supplier_item_once"),
            models.UniqueConstraint(
                fields=["product"], name="supplier_item_one_preferred", condition=Q(is_preferred=True)
            ),
            models.CheckConstraint(name="supplier_item_pack_positive", condition=Q(pack__gt=0)),
            models.CheckConstraint(name="supplier_item_cost_not_negative", condition=Q(cost__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} from {self.supplier_id}"


class SafetyStock(models.Model):
    """Units of a product that one channel never gets to sell. Channels stand above this app: known by their code."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="buffers")
    channel = models.SlugField("channel's code", max_length=40)
    qty = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "channel"], name="safety_stock_once")]

    def __str__(self) -> str:
        return f"{self.qty} of {self.product_id} kept back from {self.channel}"


class PurchaseOrder(PurchaseLifecycle):
    """Goods ordered for one location. Its row is the lock for everything about it; stock rows come after it.

    With an `order_number` the supplier sends them to that order's customer, `ship_to`, and nothing reaches us: its moves
    are made on the order's work, under the order's lock.
    """

    number = models.CharField(max_length=30, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="orders")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    reference = models.CharField("supplier's reference", max_length=80, blank=True)
    note = models.CharField(max_length=500, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)  # the last delivery
    ended_at = models.DateTimeField(null=True, blank=True)
    status_since = models.DateTimeField(default=timezone.now)
    qty_lines = models.PositiveIntegerField(default=0)  # how many lines it has, for its rules
    order_number = models.CharField("sent to the customer of", max_length=30, blank=True, default="", db_default="")
    ship_to = models.JSONField(default=dict, blank=True, db_default={})
    version = models.PositiveIntegerField(default=1)  # two people editing one draft never overwrite each other

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [one_of("purchase_status_known", "status", PurchaseStatus)]
        indexes = [
            models.Index(fields=["status", "status_since", "id"], name="purchase_status_since"),
            models.Index(fields=["supplier", "-id"], name="purchase_of_supplier"),
            models.Index(fields=["order_number"], name="purchase_of_order", condition=~Q(order_number="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_drop_ship(self) -> bool:
        return bool(self.order_number)

    @property
    def track(self) -> str:
        """The words of its states: what goes straight to a customer is shipped, never received."""
        return "drop_ship" if self.is_drop_ship else "purchase"

    @property
    def status_label(self) -> str:
        return SHIPPED.get(self.status, self.get_status_display()) if self.is_drop_ship else self.get_status_display()

    def get_absolute_url(self) -> str:
        return reverse("purchases:detail", args=[self.number])


class PurchaseLine(models.Model):
    """Units of one SKU on a purchase order. `eta` is the day they are expected at the location.

    `qty_open` is what still counts as incoming once the order is sent: never below zero, also after an over-delivery.
    """

    purchase = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="purchase_lines")
    qty = models.PositiveIntegerField()
    qty_received = models.PositiveIntegerField(default=0)
    qty_cancelled = models.PositiveIntegerField(default=0)
    qty_open = models.GeneratedField(
        expression=Greatest(F("qty") - F("qty_received") - F("qty_cancelled"), 0),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    unit_cost = MoneyField(default=0)
    eta = models.DateField(null=True, blank=True)
    is_confirmed = models.BooleanField("confirmed by the supplier", default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="purchase_line_qty_positive", condition=Q(qty__gt=0)),
            models.CheckConstraint(name="purchase_line_cancelled_within", condition=Q(qty_cancelled__lte=F("qty"))),
            models.CheckConstraint(name="purchase_line_cost_not_negative", condition=Q(unit_cost__gte=0)),
        ]
        indexes = [models.Index(fields=["product", "eta"], name="purchase_line_open", condition=Q(qty_open__gt=0))]

    def __str__(self) -> str:
        return f"{self.qty} of {self.product_id} on {self.purchase_id}"

    @property
    def cost(self) -> Decimal:
        return self.unit_cost * self.qty


class Receipt(Arrival):
    """One delivery of a purchase order: counted scan by scan, then booked in as a whole. At most one is open per order."""

    purchase = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    reason = models.CharField("why more than ordered", max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["purchase"], name="receipt_one_open", condition=Q(booked_at__isnull=True))
        ]


class ReceiptScan(ArrivalScan):
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="scans")
    line = models.ForeignKey(PurchaseLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("receipt_verdict_known", "verdict", ReceiptVerdict),
            models.CheckConstraint(name="receipt_scan_qty_positive", condition=Q(qty__gt=0)),
        ]
