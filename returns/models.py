"""Returns, their lines, what inspection found, and the reasons people give."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from inventory.models import Location
from oms.kernel.models import MoneyField, Stamped, one_of
from orders.models import Order, OrderLine
from returns.querysets import ReturnQuerySet
from returns.states import OPEN, ReturnLifecycle, ReturnStatus


class ReturnType(models.TextChoices):
    RETURN = "return", "Return"
    EXCHANGE = "exchange", "Exchange"
    CLAIM = "claim", "Claim"
    RTO = "rto", "Returned to origin"


class Condition(models.TextChoices):
    AS_NEW = "as_new", "As new, unopened"
    OPENED = "opened", "Opened, complete"
    USED = "used", "Used"
    DAMAGED = "damaged", "Damaged"
    INCOMPLETE = "incomplete", "Parts missing"
    WRONG_ITEM = "wrong_item", "Not our item"


class Disposition(models.TextChoices):
    """Where inspected units go. Only `restock` makes them sellable."""

    RESTOCK = "restock", "Back on sale"
    QUARANTINE = "quarantine", "Stay in quarantine"
    REFURBISH = "refurbish", "Refurbish"
    RETURN_TO_VENDOR = "return_to_vendor", "Return to vendor"
    SCRAP = "scrap", "Scrap"
    CUSTOMER_KEEPS = "customer_keeps", "Back to the customer"


class Outcome(models.TextChoices):
    REFUND = "refund", "Refund"
    STORE_CREDIT = "store_credit", "Store credit"
    EXCHANGE = "exchange", "Exchange"
    REPLACEMENT = "replacement", "Replacement"
    REPAIR = "repair", "Repair"
    REJECT = "reject", "Refuse"


class ReturnReason(models.Model):
    """Why customers send things back; admins edit the list. `key` never changes, so reports compare over years."""

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    is_our_fault = models.BooleanField("our fault or the courier's", default=False)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class Return(ReturnLifecycle):
    """One RMA. Money in the order's currency: `refund_total` is what was decided, payments knows what was sent."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    type = models.CharField(max_length=10, choices=ReturnType, default=ReturnType.RETURN)
    reason = models.ForeignKey(ReturnReason, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    decision_note = models.CharField(max_length=500, blank=True)
    settle_note = models.CharField(max_length=500, blank=True)
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60, blank=True)  # the shipment that came back, for RTO
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    value_total = MoneyField(default=0)  # frozen value of the accepted units
    deduction = MoneyField(default=0)  # freight or restocking taken off
    shipping_refund = MoneyField(default=0)
    refund_total = MoneyField(default=0)
    refund_number = models.CharField(max_length=30, blank=True)

    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    in_transit_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # declined, cancelled or expired
    expires_at = models.DateTimeField(null=True, blank=True)
    status_since = models.DateTimeField(default=timezone.now)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("return_status_known", "status", ReturnStatus),
            one_of("return_type_known", "type", ReturnType),
            models.CheckConstraint(
                name="return_money_not_negative",
                condition=Q(value_total__gte=0, deduction__gte=0, shipping_refund__gte=0, refund_total__gte=0),
            ),
            models.CheckConstraint(
                name="return_refund_within_value",
                condition=Q(refund_total__lte=F("value_total") + F("shipping_refund")),
            ),
            models.UniqueConstraint(
                fields=["source"], name="return_once_per_rto_shipment", condition=Q(type="rto") & ~Q(source="")
            ),
        ]
        indexes = [
            models.Index(fields=["status", "status_since", "id"], name="return_status_since"),
            models.Index(fields=["expires_at"], name="return_expiry", condition=Q(status__in=("approved", "awaiting_item", "in_transit"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("returns:detail", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def qty(self) -> int:
        return sum(line.qty for line in self.lines.all())

    @property
    def qty_received(self) -> int:
        return sum(line.qty_received for line in self.lines.all())

    @property
    def qty_inspected(self) -> int:
        return sum(line.qty_inspected for line in self.lines.all())


class ReturnLine(models.Model):
    """Units of one order line in a return: asked for, received, inspected, accepted at settlement."""

    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="return_lines")
    qty = models.PositiveIntegerField()
    qty_received = models.PositiveIntegerField(default=0)
    qty_inspected = models.PositiveIntegerField(default=0)
    qty_restocked = models.PositiveIntegerField(default=0)
    qty_accepted = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    value = MoneyField(default=0)  # frozen value of the accepted units, whatever the outcome
    refund_amount = MoneyField(default=0)

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["rma", "line"], name="return_line_once"),
            models.CheckConstraint(name="return_line_qty_positive", condition=Q(qty__gt=0)),
            models.CheckConstraint(name="return_line_received_within_asked", condition=Q(qty_received__lte=F("qty"))),
            models.CheckConstraint(name="return_line_inspected_within_received", condition=Q(qty_inspected__lte=F("qty_received"))),
            models.CheckConstraint(name="return_line_restocked_within_inspected", condition=Q(qty_restocked__lte=F("qty_inspected"))),
            models.CheckConstraint(name="return_line_accepted_within_asked", condition=Q(qty_accepted__lte=F("qty"))),
            models.CheckConstraint(name="return_line_refund_within_value", condition=Q(refund_amount__gte=0, refund_amount__lte=F("value"))),  # noqa: E501
            models.CheckConstraint(name="return_line_outcome_known", condition=Q(outcome__in=["", *Outcome.values])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.qty} × {self.line.sku} in {self.rma_id}"

    @property
    def qty_missing(self) -> int:
        return self.qty - self.qty_received

    @property
    def net_value(self) -> Decimal:
        """Value that was accepted without money going back: exchanged, replaced, repaired or credited."""
        return self.value - self.refund_amount


class Inspection(Stamped):
    """What was found about some units of a line, and where they go. Never changed, except out of quarantine."""

    line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="inspections")
    qty = models.PositiveIntegerField()
    condition = models.CharField(max_length=12, choices=Condition)
    disposition = models.CharField(max_length=18, choices=Disposition)
    note = models.CharField(max_length=300, blank=True)
    inspected_by = models.CharField(max_length=80)
    inspected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="inspection_qty_positive", condition=Q(qty__gt=0)),
            one_of("inspection_condition_known", "condition", Condition),
            one_of("inspection_disposition_known", "disposition", Disposition),
        ]

    def __str__(self) -> str:
        return f"{self.qty} {self.condition} → {self.disposition}"
