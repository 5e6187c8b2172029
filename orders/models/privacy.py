"""Who had their personal data erased, and after how long it is erased by itself."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from orders.models.customer import Customer

LEAST_MONTHS = 3


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
    """The one rule about how long personal data is kept; without months it is off."""

    months = models.PositiveSmallIntegerField(
        "months after the last order ended", null=True, blank=True,
        help_text="Personal data of customers whose last order ended longer ago is erased at night, for good. Empty: never. "
        f"At least {LEAST_MONTHS}.",
    )  # fmt: skip

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(name="retention_one_rule", condition=models.Q(pk=1)),
            models.CheckConstraint(
                name="retention_months_enough",
                condition=models.Q(months__isnull=True) | models.Q(months__gte=LEAST_MONTHS),
            ),
        ]

    def __str__(self) -> str:
        return f"After {self.months} months" if self.months else "Never by itself"

    def clean(self) -> None:
        if self.months is not None and self.months < LEAST_MONTHS:
            raise ValidationError(
                {"months": f"Keep it {LEAST_MONTHS} months at least: goods come back, and people ask."}
            )
