"""What one press of a bulk button did, row by row: kept so that it can be read again, downloaded and its failures tried again."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class BulkRun(models.Model):
    """`asked` is what went with the action (reason, detail, username); `results` is [number, done, sentence] per order.

    `steps` is what the orders' timelines call it, {number: sequence}, of those steps that can be taken back.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20)
    asked = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    steps = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.action} by {self.by}"

    def times(self, number: str) -> int:
        """How often the run did it to order `number`: once, or once a parcel."""
        return max(sum(1 for n, done, _ in self.results if n == number and done), 1)

    @property
    def failed(self) -> list[str]:
        """Numbers of the orders that were left as they were."""
        return [number for number, done, _ in self.results if not done]
