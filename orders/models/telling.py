"""What each channel was told it may sell, figure by figure, and how far we have looked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orders.models.channel import Channel
from orders.querysets import ToldStockQuerySet


class StockFeed(models.Model):
    """How far one channel was told its stock. Its row is the lock of its figures; written by `orders/telling` alone.

    Everything committed before `mark` (inventory.for_sale.mark) is in the figures, seen at `places`; `looked_at`, `watched_at` and
    `swept_at` say when what moved, what leaves no trace, and everything was looked at last. Figures up to `sequence` are written,
    up to `sent` in messages.
    """

    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="stock_feed")
    mark = models.BigIntegerField(default=0)
    places = ArrayField(models.BigIntegerField(), default=list)
    sequence = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    watched_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="feed_sent_what_is_written", condition=Q(sent__lte=models.F("sequence"), sent__gte=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} to {self.sequence}"


class ToldStock(models.Model):
    """The units of a product that a channel was told last. `sequence` grows with every figure of the channel: of two figures of one
    product the one with the higher is the newer."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="told_stock", db_index=False)
    product = models.ForeignKey("inventory.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    units = models.PositiveIntegerField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()

    objects = ToldStockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "product"], name="told_stock_once"),
            models.UniqueConstraint(fields=["channel", "sequence"], name="told_stock_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.units} of {self.product_id} to {self.channel_id}"
