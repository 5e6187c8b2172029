"""What is checked before an order may be confirmed, and who said yes to the large ones."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from oms.access.roles import Team
from oms.kernel.models import MoneyField, one_of
from orders.models.config import HoldReason


class CheckRule(models.Model):
    """One check, as admins set it. `key` is fixed by code (orders.checking); a finding becomes a hold for `owner_team`."""

    key = models.SlugField(max_length=20, unique=True)
    label = models.CharField(max_length=80)
    is_on = models.BooleanField("switched on", default=False)
    reason = models.ForeignKey(HoldReason, on_delete=models.PROTECT, related_name="+", verbose_name="hold reason")
    owner_team = models.CharField(max_length=20, choices=Team)
    decide_within_hours = models.PositiveSmallIntegerField(default=8)
    window_hours = models.PositiveSmallIntegerField("looks back (hours)", null=True, blank=True)
    max_orders = models.PositiveSmallIntegerField("orders allowed in that time", null=True, blank=True)
    limit_score = models.PositiveSmallIntegerField("holds from a score of", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label


class FraudSignal(models.Model):
    """What one sign of fraud adds to the score of an order. `key` is fixed by code (orders/checking/fraud.py)."""

    key = models.SlugField(max_length=20, unique=True)
    label = models.CharField(max_length=80)
    is_on = models.BooleanField("switched on", default=True)
    score = models.PositiveSmallIntegerField(default=20, validators=[MaxValueValidator(1000)])
    at_least = models.PositiveSmallIntegerField("from how many (orders, or times the usual)", default=1)
    position = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label


class ApprovalRule(models.Model):
    """From which amount on an order of this currency needs somebody's look. Empty: no limit."""

    currency = models.CharField(
        max_length=3, unique=True,
        help_text="A currency without a row here is held to the row of the book currency, at the exchange rate the order was "
        "placed at.",
    )  # fmt: skip
    approve_from = MoneyField("second person approves from", null=True, blank=True)
    cod_up_to = MoneyField("cash on delivery up to", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.CheckConstraint(
                name="approval_rule_not_negative",
                condition=(Q(approve_from__isnull=True) | Q(approve_from__gte=0))
                & (Q(cod_up_to__isnull=True) | Q(cod_up_to__gte=0)),
            )
        ]

    def __str__(self) -> str:
        return self.currency

    def clean(self) -> None:
        self.currency = self.currency.strip().upper()
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise ValidationError({"currency": "Write the three-letter code, like INR or AUD."})
        for name in ("approve_from", "cod_up_to"):
            if (getattr(self, name) or 0) < 0:
                raise ValidationError({name: "An amount cannot be below zero."})


class BlockedKind(models.TextChoices):
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    POSTAL_CODE = "postal_code", "Postal code"


KEPT = "kept:"  # of a match that is a keyed hash


class BlockedEntry(models.Model):
    """A buyer or place whose orders a person looks at first. `match` is what is compared, whatever way `value` is written."""

    kind = models.CharField(max_length=12, choices=BlockedKind)
    value = models.CharField(max_length=254)
    match = models.CharField(max_length=254, editable=False)
    note = models.CharField("why", max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["kind", "value"]
        verbose_name_plural = "blocked entries"
        constraints = [
            one_of("blocked_kind_known", "kind", BlockedKind),
            models.UniqueConstraint(fields=["kind", "match"], name="blocked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"

    def clean(self) -> None:
        if self.is_kept:
            return
        self.match = match_value(self.kind, self.value)
        if len(self.match) < 3:
            raise ValidationError({"value": f"“{self.value}” is too short to be compared; write the whole of it."})
        if type(self).objects.filter(kind=self.kind, match=self.match).exclude(pk=self.pk).exists():
            raise ValidationError({"value": f"{self.value} is on the list already."})

    def save(self, *args, **kwargs) -> None:
        if not self.is_kept:
            self.match = match_value(self.kind, self.value)
        super().save(*args, **kwargs)

    @property
    def is_kept(self) -> bool:
        """Whether it blocks somebody whose data was erased: only the hash is left (orders/privacy/blocks.py)."""
        return self.match.startswith(KEPT)


def match_value(kind: str, value: str) -> str:
    """`value` as two ways of writing it compare equal; orders/checking/facts.py says the same in SQL."""
    if kind == BlockedKind.PHONE:
        return re.sub(r"\D", "", value)[-9:]
    text = re.sub(r"\s", "", value)
    return text.lower() if kind == BlockedKind.EMAIL else text.upper()


class ApprovalState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "No longer needed"


class Approval(models.Model):
    """A second person's yes or no to an order's amount. Whoever asked (placed the order) never decides."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="approvals")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    requested_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    requested_by_name = models.CharField(max_length=80)
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            one_of("approval_state_known", "state", ApprovalState),
            models.UniqueConstraint(fields=["order"], name="approval_waits_once", condition=Q(state="waiting")),
            models.CheckConstraint(
                name="approval_by_a_second_person",
                condition=Q(decided_by__isnull=True) | Q(requested_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="approval_decided_by_somebody",
                condition=Q(state__in=["waiting", "withdrawn"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.get_state_display()}"
