"""What colleagues say to each other about an order."""

from django.db import models

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
