"""What an order and its lines were before each change, kept by the database itself."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Past(models.Model):
    """The values that one UPDATE replaced, written by a trigger: no code path can change an order without leaving this.

    `was` holds only the columns that changed; NULL means the line did not exist before. `tx` is the transaction, which
    the events it published carry too: so the state after an event is everything but the changes of later transactions.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    line_id = models.BigIntegerField(null=True)
    tx = models.BigIntegerField()
    at = models.DateTimeField()
    was = models.JSONField(null=True)

    class Meta:
        # BRIN: rows come in the order of time, so that reports over some days read their part, at hardly any cost to writers.
        indexes = [models.Index(fields=["order", "id"], name="past_of_order"), BrinIndex(fields=["at"], name="past_at")]
        verbose_name_plural = "past values"

    def __str__(self) -> str:
        return f"{self.order_id} before {self.at:%Y-%m-%d %H:%M:%S}"
