"""What operations remember: the last sign of life of the background workers."""

from django.db import models


class Heartbeat(models.Model):
    """Written by a task, so it proves that broker, worker and database work together."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
