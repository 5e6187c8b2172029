"""What colleagues say to each other about an order."""

from django.db import models
from django.utils import timezone

from orders.models.context import Note
from orders.querysets import MentionQuerySet


class Mention(models.Model):
    """A person called by @name in a note. Theirs to read; `seen_at` is when they said they had."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="mentions", db_index=False)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="mention_once_per_note")]
        indexes = [
            models.Index(fields=["user", "-id"], name="mention_of_person"),
            models.Index(fields=["user", "-id"], name="mention_unread", condition=models.Q(seen_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.note_id}"


class Attachment(models.Model):
    """A file on an order. The row stays when the file is removed: who, when and why are part of the order's story."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="attachments")
    note = models.ForeignKey(Note, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=100, unique=True)  # below MEDIA_ROOT
    added_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=timezone.now)
    removed_by = models.CharField(max_length=80, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="attachment_not_empty", condition=models.Q(size__gt=0)),
            models.CheckConstraint(
                name="attachment_removed_with_reason",
                condition=models.Q(removed_at__isnull=True) | ~models.Q(removed_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name
