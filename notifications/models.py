"""Approved texts, what was sent to whom, and the mailbox of the demo."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from notifications import wording
from notifications.querysets import OutgoingQuerySet
from oms.events.models import Event
from oms.kernel.models import Stamped, one_of
from orders.models import Order


class MessageKey(models.TextChoices):
    """The events that customers, or suppliers who send to them, are told about."""

    CONFIRMED = "orders.confirmed", "Order confirmed"
    AMENDED = "orders.amended", "Order changed"
    PROMISED = "orders.promise_renewed", "New day for waiting items"
    DISPATCHED = "fulfilment.dispatched", "Parcel dispatched"
    DELIVERED = "fulfilment.delivered", "Parcel delivered"
    WRITTEN = "notifications.written", "Written by us"
    SUPPLIER_ORDER = "fulfilment.supplier_told", "Order to a supplier"
    SUPPLIER_STOP = "fulfilment.supplier_stop_asked", "A supplier is asked to stop"


class Medium(models.TextChoices):
    EMAIL = "email", "E-mail"


class MessageTemplate(Stamped):
    """The text for one event. Only an approved and active one is sent; changing the text takes the approval back."""

    key = models.CharField("sent when", max_length=40, choices=MessageKey)
    channel = models.CharField("sent by", max_length=10, choices=Medium, default=Medium.EMAIL)
    subject = models.CharField(max_length=160)
    body = models.TextField(max_length=8000)
    is_active = models.BooleanField("send it", default=True)
    hold_minutes = models.PositiveSmallIntegerField(
        "wait before sending (minutes)", default=0, help_text="So long an undo still stops the message."
    )
    is_approved = models.BooleanField("approved", default=False, help_text="Only approved texts reach customers.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["key", "channel"], name="template_once_per_event"),
            one_of("template_key_known", "key", MessageKey),
            one_of("template_channel_known", "channel", Medium),
        ]

    def __str__(self) -> str:
        return self.get_key_display()

    def clean(self) -> None:
        """Refuse a text that could not be sent, before anybody relies on it."""
        wrong = {name: found for name in ("subject", "body") if (found := wording.problems(getattr(self, name) or ""))}
        if "\n" in (self.subject or ""):
            wrong.setdefault("subject", []).append("A subject is one line.")
        if wrong:
            raise ValidationError(wrong)

    def preview(self) -> tuple[str, str]:
        """Subject and body as a customer would read them, with made-up values."""
        return wording.render_subject(self.subject, wording.SAMPLE), wording.render(self.body, wording.SAMPLE)


class ReplyText(Stamped):
    """A text the desk writes often, with gaps as in templates; a person reads and changes it before it goes out."""

    name = models.CharField(max_length=60, unique=True)
    body = models.TextField(max_length=4000)
    is_active = models.BooleanField("offer it", default=True)
    position = models.PositiveSmallIntegerField(default=100)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if wrong := wording.problems(self.body or ""):
            raise ValidationError({"body": wrong})


class OutgoingStatus(models.TextChoices):
    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not sent"


class OutgoingMessage(models.Model):
    """One message to one customer about one event, kept for good. `claimed_until` is the lease of the sending worker."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="messages")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)
    template_key = models.CharField(max_length=40, choices=MessageKey)
    to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=OutgoingStatus, default=OutgoingStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "template_key"], name="message_once_per_event"),
            one_of("message_status_known", "status", OutgoingStatus),
            models.CheckConstraint(
                name="message_lease_while_sending",
                condition=Q(status="sending", claimed_until__isnull=False) | ~Q(status="sending"),
            ),
            models.CheckConstraint(
                name="message_sent_has_moment", condition=~Q(status="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="message_due", condition=Q(status__in=("queued", "sending"))),
            models.Index(fields=["-id"], name="message_failed", condition=Q(status="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.template_key} of {self.order_id}"


class Direction(models.TextChoices):
    IN = "in", "The customer"
    OUT = "out", "We"


class ContactMedium(models.TextChoices):
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    WHATSAPP = "whatsapp", "WhatsApp"
    SMS = "sms", "SMS"
    COUNTER = "counter", "At the counter"


class CustomerMessage(models.Model):
    """What a customer said, or what we told them by another way than our own e-mail. Kept word for word, for good.

    An incoming one asks for an answer until `answered_at`; `answered_by` says who gave it, or that none was needed.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="customer_messages")
    direction = models.CharField(max_length=3, choices=Direction)
    medium = models.CharField(max_length=10, choices=ContactMedium)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(max_length=10_000)
    at = models.DateTimeField(default=timezone.now)
    logged_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(
        max_length=260, blank=True
    )  # connection and the id there; empty when a person wrote it down
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source"], name="customer_message_once", condition=~Q(source="")),
            one_of("customer_message_direction_known", "direction", Direction),
            one_of("customer_message_medium_known", "medium", ContactMedium),
            models.CheckConstraint(
                name="customer_message_in_has_due", condition=Q(direction="out") | Q(due_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["order", "due_at"],
                name="customer_message_open",
                condition=Q(direction="in", answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class MailboxMessage(models.Model):
    """A message as the demo's mail server got it. A second copy with the same Message-ID is the same message."""

    message_id = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=254)
    to = models.CharField(max_length=500)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    arrived_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-arrived_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
