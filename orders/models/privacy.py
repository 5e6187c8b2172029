"""Who had their personal data erased, and after how long it is erased by itself."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from orders.models.customer import Customer

LEAST_MONTHS = 3
LEAST_DAYS = 7


class Erasure(models.Model):
    """That a customer's personal data was erased: who, when and why, and from how many rows. Never what it was."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="erasures")
    at = models.DateTimeField(default=timezone.now)
    by_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    orders = models.PositiveIntegerField()
    rows = models.JSONField(default=dict)  # {what: how many rows were changed}

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.customer_id} by {self.by}"


class RetentionRule(models.Model):
    """The one rule about how long personal data is kept; without months customers are never erased by themselves."""

    months = models.PositiveSmallIntegerField(
        "months after the last order ended", null=True, blank=True,
        help_text="Personal data of customers whose last order ended longer ago is erased at night, for good. Empty: never. "
        f"At least {LEAST_MONTHS}.",
    )  # fmt: skip

    file_days = models.PositiveSmallIntegerField(
        "days that files of orders are kept", default=90, db_default=90,
        help_text="After its last run an import keeps its files, and the rows to fix, for so many days; then they are emptied at "
        f"night. Its orders stay, and it can still be undone. At least {LEAST_DAYS}.",
    )  # fmt: skip

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(name="retention_file_days_enough", condition=models.Q(file_days__gte=LEAST_DAYS)),
            models.CheckConstraint(name="retention_one_rule", condition=models.Q(pk=1)),
            models.CheckConstraint(
                name="retention_months_enough",
                condition=models.Q(months__isnull=True) | models.Q(months__gte=LEAST_MONTHS),
            ),
        ]

    def __str__(self) -> str:
        customers = f"after {self.months} months" if self.months else "never by themselves"
        return f"Customers {customers}, files of orders after {self.file_days} days"

    def clean(self) -> None:
        if self.months is not None and self.months < LEAST_MONTHS:
            raise ValidationError(
                {"months": f"Keep it {LEAST_MONTHS} months at least: goods come back, and people ask."}
            )
        if self.file_days is not None and self.file_days < LEAST_DAYS:
            raise ValidationError(
                {"file_days": f"Keep them {LEAST_DAYS} days at least: rows to fix are mended within days."}
            )
