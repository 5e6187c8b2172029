"""Everything of a place counted with the scanner, by several people, without seeing what the books expect."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from inventory.models.stock import Location, Product
from inventory.querysets import StocktakeLineQuerySet, StocktakeQuerySet
from inventory.states import StocktakeLifecycle, StocktakeStatus
from oms.kernel.models import one_of
from oms.kernel.runs import Asked


class StocktakeScope(models.TextChoices):
    ALL = "all", "Everything that lies there"
    LIST = "list", "These SKUs"
    LONGEST = "longest", "What was not counted for longest"


class Stocktake(StocktakeLifecycle):
    """A count of a place. Its row is the lock for everything about it; stock rows come after it."""

    number = models.CharField(max_length=30, unique=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=10, choices=StocktakeScope)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=80)
    status_since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    qty_counted = models.PositiveIntegerField(default=0)  # how many SKUs have a count, for its rules
    qty_settled = models.PositiveIntegerField(default=0)  # how many of these are posted, or agreed

    objects = StocktakeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("stocktake_status_known", "status", StocktakeStatus),
            one_of("stocktake_scope_known", "scope", StocktakeScope),
        ]
        indexes = [models.Index(fields=["status", "status_since", "id"], name="stocktake_status_since")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("stocktakes:detail", args=[self.number])

    @property
    def takes_others(self) -> bool:
        """Whether a SKU that is not listed is counted all the same."""
        return self.scope == StocktakeScope.ALL


class StocktakeOutcome(models.TextChoices):
    AGREED = "agreed", "Agrees"
    POSTED = "posted", "Posted"
    WAITS = "waits", "A second person approves it"


class StocktakeLine(models.Model):
    """One SKU of a stocktake: what its scans add up to (None: not counted), kept by actions/stocktakes/_sum.py.

    `shelf` is what should have lain there when it was counted: on hand, without what was picked for orders and had not
    left. `is_moved` says that this changed between its first and its last scan: nobody knows what was counted then.
    """

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    shelf_opened = models.IntegerField()  # the same figure when the stocktake began
    counted = models.PositiveIntegerField(null=True)
    shelf = models.IntegerField(null=True)
    is_moved = models.BooleanField(default=False)
    counted_at = models.DateTimeField(null=True)  # the last scan
    outcome = models.CharField(max_length=10, choices=StocktakeOutcome, blank=True)
    refusal = models.CharField(max_length=500, blank=True)  # why it could not be posted the last time

    objects = StocktakeLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "product"], name="stocktake_line_once"),
            models.CheckConstraint(
                name="stocktake_outcome_known", condition=Q(outcome__in=("", *StocktakeOutcome.values))
            ),
            models.CheckConstraint(
                name="stocktake_counted_against_a_shelf",
                condition=Q(counted__isnull=True, shelf__isnull=True, counted_at__isnull=True, outcome="")
                | Q(counted__isnull=False, shelf__isnull=False, counted_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["product", "counted_at"], name="stocktake_last", condition=Q(counted__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.counted} of {self.product_id} in {self.stocktake_id}"

    @property
    def delta(self) -> int:
        """Units that the books gain or lose by it; 0 while it is not counted."""
        return 0 if self.counted is None or self.shelf is None else self.counted - self.shelf


class StocktakeVerdict(models.TextChoices):
    OK = "ok", "Counted"
    NONE = "none", "Not there"  # said of what nobody scanned, when the counting was done
    FOREIGN = "foreign", "Not in this stocktake"
    KIT = "kit", "A kit"
    UNKNOWN = "unknown", "Unknown code"


class StocktakeScan(models.Model):
    """One scan, or a number typed. The same `key` counts once; an undone scan stays.

    `shelf` is what should have lain there at that moment; nobody is shown it while they count.
    """

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="scans")
    line = models.ForeignKey(StocktakeLine, null=True, on_delete=models.CASCADE, related_name="scans")
    key = models.UUIDField(unique=True)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=255, blank=True)
    qty = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=StocktakeVerdict)
    shelf = models.IntegerField(null=True)
    by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [one_of("stocktake_verdict_known", "verdict", StocktakeVerdict)]

    def __str__(self) -> str:
        return f"{self.qty} of {self.code}"


class StocktakePosting(Asked, models.Model):
    """Many differences that somebody had posted, by a worker in their name. `done` of `total` are through, refused ones included."""

    stocktake = models.ForeignKey(Stocktake, on_delete=models.CASCADE, related_name="postings")
    actor_kind = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=80)
    by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)  # when its worker last said something
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)  # until somebody goes on with the rest
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stocktake"], name="stocktake_one_posting", condition=Q(finished_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"posting of {self.stocktake_id}"

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
