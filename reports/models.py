"""What this app keeps of its own: up to when a person has seen what changed."""

from django.db import models


class Look(models.Model):
    """Everything up to `seen_until` is known to `user`; the handover board begins there."""

    user = models.OneToOneField("access.User", on_delete=models.CASCADE, related_name="+")
    seen_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} until {self.seen_until}"
