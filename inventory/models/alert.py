"""Stock that has become low, from the moment somebody should know until there is enough again; and who is told by mail."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from inventory.models.stock import Location, Product
from inventory.querysets import AlertQuerySet
from oms.kernel.clock import business_date


class StockAlert(models.Model):
    """A SKU fell below its safety stock at a place: raised once, cleared when there is enough again, kept for good.

    `taken_by` looks after it, with a `note`; put off, it bothers nobody before the day `off_until` unless the last unit goes.
    `threshold` and `available` are those of the moment. `mail_until` is the lease of whoever is sending the mail.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="alerts")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    threshold = models.PositiveIntegerField()
    available = models.IntegerField()
    raised_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_until = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        "access.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, db_default="")
    off_until = models.DateField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "location"], name="alert_one_open", condition=Q(cleared_at__isnull=True)
            ),
            models.CheckConstraint(name="alert_was_below", condition=Q(available__lt=F("threshold"))),
            models.CheckConstraint(
                name="alert_taken_by_somebody",
                condition=Q(taken_by__isnull=False, taken_at__isnull=False)
                | Q(taken_by__isnull=True, taken_at__isnull=True, off_until__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["raised_at", "id"], name="alert_open", condition=Q(cleared_at__isnull=True)),
            models.Index(fields=["id"], name="alert_to_mail", condition=Q(mailed_at__isnull=True)),
        ]

    @property
    def is_off(self) -> bool:
        """Put off until a day to come."""
        return self.off_until is not None and self.off_until > business_date()

    def __str__(self) -> str:
        return f"{self.available} of {self.product_id} at {self.location_id}, wanted {self.threshold}"


class AlertWatch(models.Model):
    """A person who gets a mail when stock of the places they see becomes low."""

    user = models.OneToOneField("access.User", on_delete=models.CASCADE, related_name="stock_watch")
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.user)
