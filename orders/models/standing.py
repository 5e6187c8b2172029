"""Standing orders: what a customer wants again and again (recurring)."""

from datetime import date, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from inventory.models import Product
from oms.access.roles import Team
from oms.kernel.clock import at_hour
from oms.kernel.models import MoneyField, Stamped, one_of
from orders.models.channel import Channel
from orders.models.customer import Customer
from orders.models.order import PaymentTerms
from orders.querysets import StandingQuerySet
from orders.standing.rhythm import Rhythm, RhythmUnit
from orders.standing.states import RecurringLifecycle, RecurringStatus


class RecurringOrder(RecurringLifecycle, Stamped):
    """The same order again by a rhythm. Prices are those of the day each one is placed; so is the customer's contact.

    `next_on` is the day of the next order, in the business zone; `try_at` the moment it is placed, or tried again after
    `failure`, which says why it could not be. `day` is a weekday (0: Monday) or a day of the month.
    """

    number = models.CharField(max_length=30, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="recurring_orders")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    payment_terms = models.CharField(max_length=10, choices=PaymentTerms, default=PaymentTerms.PREPAID)
    ship_to = models.JSONField(default=dict, blank=True)
    bill_to = models.JSONField(default=dict, blank=True)
    shipping = MoneyField(default=0)
    customer_po = models.CharField("customer's PO number", max_length=80, blank=True)
    note = models.TextField(max_length=4000, blank=True)

    unit = models.CharField(max_length=5, choices=RhythmUnit, default=RhythmUnit.WEEK)
    every = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(52)])
    day = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField("last day", null=True, blank=True)
    place_hour = models.PositiveSmallIntegerField(default=6, validators=[MaxValueValidator(23)])
    cutoff_hours = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(24 * 28)])

    owner_team = models.CharField(max_length=20, choices=Team, default=Team.SALES)
    next_on = models.DateField(null=True, blank=True)
    try_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_by = models.CharField(max_length=80)

    objects = StandingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["next_on", "try_at", "failure", "failed_at", "version"])

    class Meta:
        ordering = ["number"]
        constraints = [
            one_of("recurring_status_known", "status", RecurringStatus),
            models.CheckConstraint(
                name="recurring_rhythm_possible",
                condition=Q(every__gte=1) & (Q(unit="week", day__lte=6) | Q(unit="month", day__gte=1, day__lte=31)),
            ),
            models.CheckConstraint(
                name="recurring_active_has_next", condition=~Q(status="active") | Q(next_on__isnull=False, try_at__isnull=False)
            ),
            models.CheckConstraint(
                name="recurring_failure_has_moment", condition=Q(failure="") | Q(failed_at__isnull=False)
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["try_at", "id"], name="recurring_due", condition=Q(status="active")),
            models.Index(fields=["next_on", "id"], name="recurring_next"),
            models.Index(fields=["failed_at"], name="recurring_failing", condition=~Q(failure="")),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return f"/standing/{self.number}/"

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(self.unit, self.every, self.day, self.starts_on, self.ends_on)

    def run_at(self, on: date) -> datetime:
        """When the order of that day is placed."""
        return at_hour(on, self.place_hour)

    def closes_at(self, on: date) -> datetime:
        """Until when the contents of that day's order may change."""
        return self.run_at(on) - timedelta(hours=self.cutoff_hours)


class RecurringLine(models.Model):
    """What every order of the schedule holds, unless its run says otherwise."""

    recurring = models.ForeignKey(RecurringOrder, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["recurring", "product"], name="recurring_product_once"),
            models.CheckConstraint(name="recurring_qty_from_one", condition=Q(qty__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.qty} x {self.product_id}"


class RunOutcome(models.TextChoices):
    PLANNED = "planned", "Planned with other contents"
    SKIPPED = "skipped", "Skipped"
    PLACED = "placed", "Placed"


class RecurringRun(models.Model):
    """One day of a schedule that is not simply to come: `contents` ([product id, qty] each) of its own, skipped, or placed."""

    recurring = models.ForeignKey(RecurringOrder, on_delete=models.PROTECT, related_name="runs")
    run_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=RunOutcome, default=RunOutcome.PLANNED)
    contents = models.JSONField(null=True, blank=True)
    order = models.OneToOneField(
        "orders.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="recurring_run"
    )
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-run_on"]
        constraints = [
            models.UniqueConstraint(fields=["recurring", "run_on"], name="recurring_run_once"),
            one_of("recurring_run_outcome_known", "outcome", RunOutcome),
            models.CheckConstraint(
                name="recurring_run_placed_has_order",
                condition=Q(outcome="placed", order__isnull=False) | (~Q(outcome="placed") & Q(order__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recurring_id} on {self.run_on}"
