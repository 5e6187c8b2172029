"""Shelves where less was found than the books say."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fulfilment.models.work import FulfilmentOrder
from inventory.models import Location, Product
from oms.kernel.models import one_of


class ShortReason(models.TextChoices):
    NOT_FOUND = "not_found", "Not on the shelf"
    DAMAGED = "damaged", "Damaged"
    WRONG_ITEM = "wrong_item", "Wrong item on the shelf"
    EXPIRED = "expired", "Past its date"


class CountRows(models.QuerySet):
    def visible_to(self, user):
        """Counts are the warehouse's own; whoever sees stock sees them all."""
        return self if user.can("fulfilment.view") else self.none()


class CountRequest(models.Model):
    """A shelf to count: `missing` units were not found, and `doubted` units are in quarantine until somebody counts.

    A picker who found too little would have taken any unit there, so what nobody was promised is doubted with the rest;
    damaged units were found, so they alone are.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    fo = models.ForeignKey(FulfilmentOrder, on_delete=models.PROTECT, related_name="count_requests")
    missing = models.PositiveIntegerField()
    doubted = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=ShortReason)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now)
    found = models.PositiveIntegerField(null=True, blank=True)
    counted_by = models.CharField(max_length=150, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = CountRows.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            one_of("count_reason_known", "reason", ShortReason),
            models.CheckConstraint(
                name="count_found_within_doubted", condition=Q(found__isnull=True) | Q(found__lte=models.F("doubted"))
            ),
            models.CheckConstraint(name="count_missing_positive", condition=Q(missing__gt=0)),
        ]
        indexes = [models.Index(fields=["asked_at", "id"], name="count_open", condition=Q(counted_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.missing} of {self.product_id} at {self.location_id}"
