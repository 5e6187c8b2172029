"""Business facts, and their deliveries to handlers. Append-only: a trigger refuses UPDATE and DELETE on events."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One business fact, written in the transaction that made it true.

    `subject` is the public number the fact is about, `stream` the order number whose timeline it belongs to (or the
    subject itself), `seq` its place in that stream without gaps. `at` is when it was recorded, `occurred_at` when it
    happened (earlier for imported history). `machine`, `move`, `source`, `target` are filled for state changes.
    """

    name = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    stream = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    actor_kind = models.CharField(max_length=12)
    actor_name = models.CharField(max_length=80)
    actor_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    occurred_at = models.DateTimeField(default=timezone.now)
    machine = models.CharField(max_length=20, blank=True)
    move = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24, blank=True)
    payload = models.JSONField(default=dict)
    # Filled by the database: facts of one transaction carry one number, and so does what it changed (orders.Past).
    tx = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="event_stream_seq")]
        indexes = [
            models.Index(fields=["subject"], name="event_subject", condition=~models.Q(machine="")),
            BrinIndex(fields=["at"], name="event_at_brin"),
            models.Index(fields=["name", "-id"], name="event_name_id"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    PARKED = "parked", "Parked"
    DONE = "done", "Done"


class Delivery(models.Model):
    """One event owed to one `@after` handler; retried with backoff, parked with its error after the last try."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler"),
            models.CheckConstraint(name="delivery_status_known", condition=models.Q(status__in=DeliveryStatus.values)),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(status="pending")),
            models.Index(fields=["-id"], name="delivery_parked", condition=models.Q(status="parked")),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.handler} of {self.event_id}"
