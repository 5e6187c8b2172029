"""What admins let the house do by itself: make routine steps, and say how urgent a new order is."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from oms.kernel.models import MoneyField, one_of
from orders.models.channel import Channel, ConfirmationBasis
from orders.models.order import Order, Priority
from orders.models.selling import CustomerGroup


class StepKind(models.TextChoices):
    CONFIRM = "confirm", "Confirm"
    RELEASE = "release", "Release to the warehouse"


class StepMode(models.TextChoices):
    OFF = "off", "Off"
    WATCH = "watch", "Watch only"
    ON = "on", "On"


class AutomaticStep(models.Model):
    """A step that needs no hand as long as an order stays within the limits. Watching, it only notes what it would have done."""

    name = models.CharField(max_length=60, unique=True, help_text="The timeline of an order names it.")
    step = models.CharField(max_length=10, choices=StepKind, default=StepKind.CONFIRM)
    mode = models.CharField(max_length=6, choices=StepMode, default=StepMode.OFF)
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: every channel."
    )
    since = models.DateTimeField(
        "for orders placed from", default=timezone.now,
        help_text="Older orders are left to people. Set it back to include orders that wait already.",
    )  # fmt: skip
    wait_minutes = models.PositiveSmallIntegerField(
        "waits (minutes)", default=0, help_text="How long an order must have been in its stage before the step is made."
    )
    total_up_to = MoneyField(
        null=True, blank=True, help_text="In the currency of the books, at the order's own rate. Empty: no limit."
    )
    group = models.ForeignKey(
        CustomerGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="only customers of"
    )  # fmt: skip
    known_only = models.BooleanField(
        "only known customers", default=False, help_text="An earlier order of theirs was dispatched."
    )
    leave_notes = models.BooleanField(
        "leave orders with a customer's note to a person", default=True, help_text="Asked before confirming only."
    )
    changed_at = models.DateTimeField(auto_now=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["step", "name"]
        constraints = [
            one_of("automatic_step_known", "step", StepKind),
            one_of("automatic_mode_known", "mode", StepMode),
            models.CheckConstraint(
                name="automatic_total_not_negative", condition=Q(total_up_to__isnull=True) | Q(total_up_to__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if (self.total_up_to or 0) < 0:
            raise ValidationError({"total_up_to": "An amount cannot be below zero."})
        if (
            self.step == StepKind.CONFIRM
            and self.channel
            and self.channel.confirmation_basis == ConfirmationBasis.SALES
        ):
            said = (
                f"{self.channel} confirms on the customer's word to sales, which no rule hears. Choose another channel."
            )
            raise ValidationError({"channel": said})


class AutomaticOutcome(models.TextChoices):
    DONE = "done", "Done by itself"
    WOULD = "would", "Would have been done"
    LEFT = "left", "Left to a person"


class AutomaticResult(models.Model):
    """What the rules made of one step of one order, the last time they looked; written only by orders/actions/automate.py.

    An order is looked at again when it has changed (`order_version`) or a rule has (`at`).
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(max_length=10, choices=StepKind)
    rule = models.ForeignKey(AutomaticStep, on_delete=models.CASCADE, related_name="results", db_index=False)
    outcome = models.CharField(max_length=6, choices=AutomaticOutcome)
    why = models.CharField(max_length=300, blank=True)
    order_version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "step"], name="automatic_result_once"),
            one_of("automatic_result_step_known", "step", StepKind),
            one_of("automatic_outcome_known", "outcome", AutomaticOutcome),
        ]
        indexes = [models.Index(fields=["rule", "outcome", "-at"], name="automatic_result_newest")]

    def __str__(self) -> str:
        return f"{self.step} {self.order_id}: {self.outcome}"


class PriorityRule(models.Model):
    """How urgent a new order is. The first rule, by position, whose every condition holds decides; no condition: every order."""

    name = models.CharField(max_length=60, unique=True, help_text="Orders say it as the reason of their priority.")
    is_on = models.BooleanField("switched on", default=False)
    position = models.PositiveSmallIntegerField(default=10, help_text="The lowest is asked first.")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.HIGH)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        CustomerGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="customers of"
    )
    tag = models.CharField(max_length=40, blank=True, help_text="One of the order's tags, upper or lower case.")
    total_from = MoneyField(
        null=True, blank=True, help_text="In the currency of the books, at the order's own rate. Empty: any total."
    )
    promised_within_hours = models.PositiveSmallIntegerField(
        "dispatch promised within (hours)", null=True, blank=True, help_text="Counted from when the order comes in."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="priority_rule_known", condition=Q(priority__in=Priority.values)),
            models.CheckConstraint(
                name="priority_total_not_negative", condition=Q(total_from__isnull=True) | Q(total_from__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.tag = self.tag.strip()
        if (self.total_from or 0) < 0:
            raise ValidationError({"total_from": "An amount cannot be below zero."})
