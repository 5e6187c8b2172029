"""Products, places, and the counters that must never lie."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from inventory.querysets import BackorderQuerySet, LocationQuerySet, MovementQuerySet, StockQuerySet
from oms.kernel.models import MoneyField, Stamped, one_of


class ProductKind(models.TextChoices):
    ITEM = "item", "Item"
    KIT = "kit", "Kit"


class Product(Stamped):
    """A sellable item. `sku` is its public identity. Weight in grams, dimensions in millimetres.

    A kit is sold as one and lies on the shelf as its components (models/kit.py): a trigger keeps stock of it out of the books.
    """

    sku = models.CharField("SKU", max_length=80, unique=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=ProductKind, default=ProductKind.ITEM, db_default=ProductKind.ITEM)
    barcode = models.CharField(max_length=40, blank=True, db_index=True)
    price = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="INR")
    tax_class = models.CharField(max_length=30, blank=True)
    weight_grams = models.PositiveIntegerField(null=True, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # Made by an import that met an unknown SKU; somebody must complete or merge it.
    is_placeholder = models.BooleanField(default=False)
    allows_backorder = models.BooleanField(default=True)
    # When more is wanted than there is, somebody decides on the fair-share desk; nobody is served by arriving first.
    is_rationed = models.BooleanField("scarce units wait for the fair-share desk", db_default=False, default=False)
    # Ids of the places where they do; empty: at every place, one that opens later too.
    rationed_at = ArrayField(models.BigIntegerField(), db_default=[], default=list, blank=True, editable=False)

    # For what we put together ourselves, of what it was made of the last time.
    make_days = models.PositiveSmallIntegerField(
        "days to make it",
        db_default=3,
        default=3,
        help_text="An assembly planned for a waiting order is due this many days later.",
    )
    plans_itself = models.BooleanField(
        "plan an assembly when orders wait", db_default=False, default=False,
        help_text="For what was put together here before: when confirmed orders wait for more than is on its way, the rest is "
        "planned by itself, of the same components and at the same place as the last time.",
    )  # fmt: skip

    history = HistoricalRecords()

    class Meta:
        ordering = ["sku"]
        constraints = [
            models.CheckConstraint(name="product_sku_not_blank", condition=~Q(sku="")),
            one_of("product_kind_known", "kind", ProductKind),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def is_kit(self) -> bool:
        return self.kind == ProductKind.KIT

    def is_rationed_at(self, location_id: int) -> bool:
        """Whether its units there wait for the fair-share desk while more is wanted than there is."""
        return self.is_rationed and (not self.rationed_at or location_id in self.rationed_at)


class LocationKind(models.TextChoices):
    WAREHOUSE = "warehouse", "Warehouse"
    STORE = "store", "Store"
    THIRD_PARTY = "third_party", "3PL"
    DROP_SHIP = "drop_ship", "Drop-ship supplier"


class Location(Stamped):
    """A place that holds or sends stock. `rank` orders locations when nothing else decides (lower first).

    A supplier who sends to our customers is a place too, made on the supplier's page: routing may choose it and a trigger
    keeps stock of ours out of it.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=LocationKind, default=LocationKind.WAREHOUSE)
    line1 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="IN")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Kolkata")
    rank = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    # For routing. Weekdays as ISO numbers, empty: every day; the times are local.
    open_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    orders_per_day = models.PositiveIntegerField("orders it can take a day", null=True, blank=True)
    count_limit = models.PositiveIntegerField(
        "units a count may differ by", null=True, blank=True,
        help_text="A count that differs more waits for a second person. Empty: every count is posted at once.",
    )  # fmt: skip

    objects = LocationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["rank", "code"]
        constraints = [
            one_of("location_kind_known", "kind", LocationKind),
            models.CheckConstraint(
                name="location_open_days", condition=Q(open_days__contained_by=[1, 2, 3, 4, 5, 6, 7])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_supplier(self) -> bool:
        """Whether a supplier's goods lie there, and none of ours."""
        return self.kind == LocationKind.DROP_SHIP


class StockLevel(models.Model):
    """Counters of one SKU at one location, in units. Changed only by inventory/ledger.py.

    `safety_stock` is no counter but a wish: below that many available units somebody should reorder.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="levels")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.IntegerField(default=0)
    quarantined = models.IntegerField(default=0)
    damaged = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)  # soft allocations
    allocated = models.IntegerField(default=0)  # hard allocations
    available = models.GeneratedField(
        expression=F("on_hand") - F("quarantined") - F("damaged") - F("reserved") - F("allocated"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    incoming = models.IntegerField(db_default=0)  # open supply on its way here
    safety_stock = models.PositiveIntegerField(db_default=0)

    objects = StockQuerySet.as_manager()

    class Meta:
        # No index on a counter: every claim would then write to it. 100,000 levels are read in some ten milliseconds.
        constraints = [
            models.UniqueConstraint(fields=["product", "location"], name="stock_once_per_place"),
            models.CheckConstraint(
                name="stock_counters_not_negative",
                condition=Q(on_hand__gte=0, quarantined__gte=0, damaged__gte=0, reserved__gte=0, allocated__gte=0),
            ),
            models.CheckConstraint(
                name="stock_never_oversold",
                condition=Q(on_hand__gte=F("quarantined") + F("damaged") + F("reserved") + F("allocated")),
            ),
            models.CheckConstraint(name="stock_incoming_not_negative", condition=Q(incoming__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} at {self.location_id}: {self.on_hand}"


class MovementKind(models.TextChoices):
    OPENING = "opening", "Opening stock"
    RECEIPT = "receipt", "Received"
    ADJUSTMENT = "adjustment", "Adjusted"
    ISSUE = "issue", "Dispatched"
    UNISSUE = "unissue", "Dispatch undone"
    RETURN = "return", "Returned into quarantine"
    RESTOCK = "restock", "Restocked after inspection"
    DAMAGE = "damage", "Found damaged"
    SCRAP = "scrap", "Scrapped"
    TRANSFER = "transfer", "Moved between places"
    ASSEMBLY = "assembly", "Assembled"


class StockMovement(models.Model):
    """One line of the ledger: how the physical counters of a SKU at a location changed, why, and by whom.

    `source` names the document (shipment, return line, receipt); with kind, SKU and place it is unique, so that a
    replay posts nothing a second time. Append-only: a trigger refuses UPDATE and DELETE.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="movements")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=20, choices=MovementKind)
    on_hand = models.IntegerField(default=0)
    quarantined = models.IntegerField(default=0)
    damaged = models.IntegerField(default=0)
    source = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, blank=True)
    actor_name = models.CharField(max_length=80)
    actor_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    objects = MovementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "product", "location"], name="movement_posted_once"),
            one_of("movement_kind_known", "kind", MovementKind),
        ]
        indexes = [
            models.Index(fields=["product", "location", "-id"], name="movement_card"),
            models.Index(fields=["product", "-id"], name="movement_of_product"),
            # The ledger lies in the order of time: a few pages of this find the days of a report.
            BrinIndex(fields=["at"], name="movement_days", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand:+d} {self.source}"


class AllocationKind(models.TextChoices):
    SOFT = "soft", "Reserved"
    HARD = "hard", "Allocated"


class Allocation(models.Model):
    """Units of a SKU at a location promised to one order line: soft from placement, hard from confirmation.

    `line_id` points at orders.OrderLine; the foreign key is added by an orders migration because the app that owns
    the line stands above this one.
    """

    line_id = models.BigIntegerField()
    order_number = models.CharField(max_length=30)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=4, choices=AllocationKind)
    qty = models.PositiveIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "product", "location"], name="allocation_once_per_line_and_place"
            ),
            models.CheckConstraint(name="allocation_not_empty", condition=Q(qty__gt=0)),
            one_of("allocation_kind_known", "kind", AllocationKind),
        ]
        indexes = [
            models.Index(fields=["order_number"], name="allocation_order"),
            models.Index(fields=["product", "location"], name="allocation_stock"),
            models.Index(
                fields=["expires_at"], name="allocation_expiry", condition=Q(kind="soft", expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} {self.kind} for {self.order_number}"


class Backorder(models.Model):
    """Demand of one order line that no stock covers yet; served oldest first."""

    line_id = models.BigIntegerField()
    order_number = models.CharField(max_length=30, db_index=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="backorders")
    qty = models.PositiveIntegerField()
    eta = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = BackorderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line_id", "product"], name="backorder_once_per_line"),
            models.CheckConstraint(name="backorder_not_empty", condition=Q(qty__gt=0)),
        ]
        indexes = [models.Index(fields=["product", "created_at", "id"], name="backorder_queue")]

    def __str__(self) -> str:
        return f"{self.qty} short for {self.order_number}"
