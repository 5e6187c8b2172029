"""Tenders of an order, the facts that moved their amounts, and refunds. All amounts in the order's currency."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from oms.kernel.models import MoneyField, Stamped, one_of
from orders.models import Order
from payments.querysets import PaymentQuerySet, RefundQuerySet
from payments.states import DEAD, PaymentLifecycle, PaymentStatus, RefundLifecycle, RefundStatus


class Method(models.TextChoices):
    CARD = "card", "Card"
    UPI = "upi", "UPI"
    BANK = "bank", "Bank transfer"
    CASH = "cash", "Cash"
    COD = "cod", "Cash on delivery"
    VOUCHER = "voucher", "Voucher"
    WALLET = "wallet", "Wallet"
    BOLETO = "boleto", "Boleto"
    DEBIT = "debit", "Direct debit"
    MARKETPLACE = "marketplace", "Marketplace"
    OTHER = "other", "Other"


class Way(models.TextChoices):
    """How money goes back that does not go back the way it came."""

    BANK = "bank", "Bank transfer"
    UPI = "upi", "UPI"
    CASH = "cash", "Cash"


class FactKind(models.TextChoices):
    """What happened to a payment. Only `captured` and `refunded` carry money that moved."""

    RECORDED = "recorded", "Recorded"
    COD_DUE = "cod_due", "Left to the courier"
    AUTHORIZED = "authorized", "Authorised"
    CAPTURED = "captured", "Received"
    REFUNDED = "refunded", "Refunded"
    COLLECTED = "collected", "Collected by the courier"
    VOIDED = "voided", "Voided"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"
    DISPUTED = "disputed", "Disputed"
    SETTLED = "settled", "Dispute settled"


class Payment(PaymentLifecycle, Stamped):
    """One tender. What is left to refund is captured minus refunded minus the refunds under way."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=12, choices=Method)
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    captured_amount = MoneyField(default=0)
    refunded_amount = MoneyField(default=0)
    pending_refund_amount = MoneyField(default=0)
    is_historical = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    # Drawn by the form that was filled in: sending the same form twice records one payment.
    request_key = models.UUIDField(null=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("payment_status_known", "status", PaymentStatus),
            one_of("payment_method_known", "method", Method),
            models.CheckConstraint(
                name="payment_not_negative",
                condition=Q(
                    amount__gte=0, captured_amount__gte=0, refunded_amount__gte=0, pending_refund_amount__gte=0
                ),
            ),
            models.CheckConstraint(
                name="payment_refunds_within_captured",
                condition=Q(captured_amount__gte=F("refunded_amount") + F("pending_refund_amount")),
            ),
            models.CheckConstraint(
                name="payment_captured_within_amount", condition=Q(captured_amount__lte=F("amount"))
            ),
            models.UniqueConstraint(fields=["order", "request_key"], name="payment_request_once"),
            models.UniqueConstraint(
                fields=["order", "method", "reference"],
                name="payment_reference_once",
                condition=~Q(reference="") & ~Q(status__in=DEAD),
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "received_at", "id"],
                name="payment_queue",
                condition=Q(status__in=("verification_pending", "cod_due", "cod_collected", "disputed")),
            ),
            models.Index(fields=["received_at", "id"], name="payment_received"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("payments:payment", args=[self.number])

    @property
    def refundable(self) -> Decimal:
        return self.captured_amount - self.refunded_amount - self.pending_refund_amount


class PaymentEvent(models.Model):
    """One fact about a payment; never changed, never deleted (a trigger refuses).

    `external_id` is what the provider `source` calls the fact; told twice, it is one fact.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=12, choices=FactKind)
    amount = MoneyField(default=0)
    reference = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=40, blank=True, db_default="")
    external_id = models.CharField(max_length=120, blank=True, db_default="")
    at = models.DateTimeField(default=timezone.now)
    actor_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("payment_fact_known", "kind", FactKind),
            models.UniqueConstraint(
                fields=["source", "external_id"], name="payment_fact_once", condition=~Q(external_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class Refund(RefundLifecycle):
    """Money on its way back. Its parts say from which payments; their room is held from the request on.

    `way` is set when it does not go back the way it came: then `way_reason` says why, `way_to` where to, and a second
    person approves whatever the amount (docs/decisions/0035).
    """

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    amount = MoneyField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300)
    way = models.CharField(max_length=10, choices=Way, blank=True, default="", db_default="")
    way_to = models.CharField(max_length=120, blank=True, default="", db_default="")
    way_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    decision_note = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    is_historical = models.BooleanField(default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    requested_by_name = models.CharField(max_length=80)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField(default=timezone.now)
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Drawn by the form that was filled in: sending the same form twice asks for one refund.
    request_key = models.UUIDField(null=True, editable=False)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("refund_status_known", "status", RefundStatus),
            models.CheckConstraint(name="refund_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="refund_way_known", condition=Q(way__in=["", *Way.values])),
            models.CheckConstraint(
                name="refund_other_way_by_two_people",
                condition=Q(way="")
                | (
                    ~Q(way_reason="")
                    & Q(requested_by__isnull=False)
                    & (Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")))
                ),
            ),
            models.UniqueConstraint(fields=["order", "request_key"], name="refund_request_once"),
        ]
        indexes = [
            models.Index(
                fields=["status", "requested_at", "id"],
                name="refund_queue",
                condition=Q(status__in=("requested", "approved", "sent")),
            ),
            models.Index(fields=["requested_at", "id"], name="refund_requested"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("payments:refund", args=[self.number])

    @property
    def goes(self) -> str:
        """How it goes back when not the way it came: "by UPI to zoya@upi"; else nothing."""
        if not self.way:
            return ""
        by = {Way.CASH: "in cash", Way.UPI: "by UPI", Way.BANK: "by bank transfer"}[Way(self.way)]
        return f"{by} to {self.way_to}" if self.way_to else by


class RefundPart(models.Model):
    """How much of a refund comes from which payment."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refund_parts")
    amount = MoneyField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "payment"], name="refund_part_once"),
            models.CheckConstraint(name="refund_part_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment_id}"


class RefundPolicy(models.Model):
    """Up to `limit` the person who asked for a refund may approve it too; without a row nobody may."""

    currency = models.CharField(max_length=3, unique=True)
    limit = MoneyField()

    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "refund policies"
        ordering = ["currency"]
        constraints = [models.CheckConstraint(name="refund_limit_not_negative", condition=Q(limit__gte=0))]

    def __str__(self) -> str:
        return f"{self.currency} {self.limit}"
