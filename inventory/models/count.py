"""Counts that one person may not post alone."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from inventory.models.stock import Location, Product
from inventory.querysets import StockCountQuerySet


class StockCount(models.Model):
    """A count that differs from the books by more than its place lets one person post (Location.count_limit).

    It waits until a second person approves it, who then posts the difference, or anybody withdraws it. `expected` is what
    the books said when it was counted: what moves meanwhile changes nothing about the difference. `source` names the
    count in the ledger, so that it is posted once.
    """

    source = models.CharField(max_length=80, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="counts", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    expected = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    counted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    counted_at = models.DateTimeField(default=timezone.now)
    is_approved = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = StockCountQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "location"], name="stock_count_one_waits", condition=Q(is_approved__isnull=True)
            ),
            models.CheckConstraint(name="stock_count_differs", condition=~Q(counted=F("expected"))),
            models.CheckConstraint(
                name="stock_count_decided_by_somebody",
                condition=Q(is_approved__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(is_approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="stock_count_two_people", condition=~Q(is_approved=True, decided_by=F("counted_by"))
            ),
        ]
        indexes = [
            models.Index(fields=["counted_at", "id"], name="stock_count_waits", condition=Q(is_approved__isnull=True))
        ]

    @property
    def delta(self) -> int:
        """Units that the books gain or lose by it."""
        return self.counted - self.expected

    def __str__(self) -> str:
        return f"{self.counted} of {self.product_id} at {self.location_id}, books {self.expected}"
