"""Who is told what happened here, and every telling: owed in the transaction of the event, sent afterwards."""

import re
from datetime import timedelta
from fnmatch import fnmatchcase

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.models import one_of
from oms.webhooks.querysets import WebhookDeliveryQuerySet
from oms.webhooks.safety import fault_of_url

PATTERN = re.compile(r"\*|[a-z_]+\.(\*|[a-z_]+)")
KEEP_TRYING = timedelta(hours=72)


class WebhookEndpoint(models.Model):
    """An address that is told about events. Its signing secret is derived (`oms.webhooks.signing`), never stored.

    `failures` in a row make it rest until `quiet_until`, so that one dead receiver does not hold up the others.
    """

    name = models.CharField(max_length=80)
    url = models.CharField("address", max_length=500)
    events = ArrayField(
        models.CharField(max_length=60), verbose_name="events", help_text="Names with commas between: orders.*, payments.captured"
    )  # fmt: skip
    channel_code = models.CharField(
        max_length=40, blank=True, help_text="Only orders of this channel; empty means all."
    )
    generation = models.PositiveIntegerField(default=1, help_text="Raise it to make another secret and end this one.")
    is_active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=200, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    quiet_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if fault := fault_of_url(self.url or ""):
            raise ValidationError({"url": fault})
        if wrong := [p for p in self.events or () if not PATTERN.fullmatch(p)]:
            raise ValidationError({"events": f"“{wrong[0]}” is no event name; write orders.* or payments.captured."})

    def wants(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.events)


class WebhookStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    SENDING = "sending", "Being sent"
    DONE = "done", "Delivered"
    PARKED = "parked", "Parked"


def _give_up():
    return now() + KEEP_TRYING


class WebhookDelivery(models.Model):
    """One event owed to one endpoint. Its body is made from the event, which never changes, so a retry is the same message."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)
    stream = models.CharField(max_length=60)
    status = models.CharField(max_length=8, choices=WebhookStatus, default=WebhookStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=now)
    claimed_until = models.DateTimeField(null=True)
    give_up_at = models.DateTimeField(default=_give_up)
    response_status = models.PositiveSmallIntegerField(null=True)
    response_body = models.CharField(max_length=1024, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_once_per_endpoint"),
            one_of("webhook_status_known", "status", WebhookStatus),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="webhook_due", condition=Q(status="pending")),
            models.Index(fields=["claimed_until"], name="webhook_claimed", condition=Q(status="sending")),
            models.Index(
                fields=["endpoint", "stream", "event"], name="webhook_queue", condition=Q(status__in=("pending", "sending"))
            ),
            models.Index(fields=["-id"], name="webhook_parked", condition=Q(status="parked")),
        ]  # fmt: skip

    @property
    def may_be_tried(self) -> bool:
        """Whether a person may let it be sent now: given up, or waiting after it failed."""
        return self.status == WebhookStatus.PARKED or (self.status == WebhookStatus.PENDING and self.attempts > 0)

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        """From what it is, not from chance: sent again after a crash or a replay, it is recognised as the same message."""
        return f"msg_{self.event_id}_{self.endpoint_id}"
