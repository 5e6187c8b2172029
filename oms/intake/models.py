"""How the outside world gets in, once: hashed API keys and idempotency keys."""

import hashlib
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Scope(models.TextChoices):
    ORDERS_READ = "orders:read", "Read orders"
    ORDERS_WRITE = "orders:write", "Create and change orders"
    SUPPLY_READ = "supply:read", "Read stock, purchase orders and transfers"
    SUPPLY_WRITE = "supply:write", "Buy, move and receive stock"


def hash_key(raw: str) -> str:
    """SHA-256 is enough here: the key itself has 256 random bits, so there is no dictionary to try."""
    return hashlib.sha256(raw.encode()).hexdigest()


class ApiKey(models.Model):
    """A credential of one integration. Only the hash is kept; the key itself is shown once, when it is made.

    It acts as `user`, so that history and events name somebody, and only in `channel_code` when that is set.
    """

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="api_keys")
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope), default=list)
    channel_code = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(name="apikey_scopes_known", condition=models.Q(scopes__contained_by=Scope.values))
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(cls, **fields) -> tuple["ApiKey", str]:
        """Make and save a key; return it with the secret, which cannot be read again."""
        raw = "oms_" + secrets.token_urlsafe(32)
        return cls.objects.create(prefix=raw[:10], key_hash=hash_key(raw), **fields), raw


class IdempotencyKey(models.Model):
    """A request we have answered (or are answering): same key and body get the same bytes back, another body 422.

    Written in the same transaction as what it protects, so an unknown commit outcome resolves itself on retry.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key


class Connection(models.Model):
    """Somebody who sends us messages, `code` being the last part of the address they send to.

    The signing secret is derived (`oms.intake.signing`), never stored; raising `generation` makes a new one.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    handler = models.CharField(
        max_length=40, help_text="What is done with a message; the names are in oms.intake.inbox."
    )
    channel_code = models.CharField(max_length=40, blank=True)
    generation = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class InboundStatus(models.TextChoices):
    PENDING = "pending", "Waiting"
    DONE = "done", "Done"
    PARKED = "parked", "Parked"


class InboundMessage(models.Model):
    """One message as it arrived, kept before anything is made of it. Sent twice, it is one row."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="messages", db_index=False)
    external_id = models.CharField(max_length=200)
    body = models.BinaryField()
    status = models.CharField(max_length=8, choices=InboundStatus, default=InboundStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=2000, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="inbound_once"),
            models.CheckConstraint(name="inbound_status_known", condition=models.Q(status__in=InboundStatus.values)),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="inbound_due", condition=models.Q(status="pending")),
            models.Index(fields=["-id"], name="inbound_parked", condition=models.Q(status="parked")),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.external_id}"
