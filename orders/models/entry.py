"""Orders that somebody has begun to type: the form as it stands, kept for later. No order yet, and no stock."""

from django.conf import settings
from django.db import models

from oms.kernel.models import Stamped
from orders.models.channel import Channel
from orders.querysets import EntryQuerySet


class Entry(Stamped):
    """`key` is the form's own, and the external id of the order it will make; `typed` every field as text."""

    key = models.CharField(max_length=32, unique=True)
    typed = models.JSONField(default=dict)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=160, blank=True)
    line_count = models.PositiveSmallIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["-updated_at", "-id"], name="entry_newest")]

    def __str__(self) -> str:
        return self.title or "Nobody named yet"

    def get_absolute_url(self) -> str:
        return f"/orders/new/?draft={self.key}"
