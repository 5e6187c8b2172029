"""The promise ledger: which day waiting units were promised for, by whom, and on which supply."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from orders.querysets import PromiseQuerySet


class StockPromise(models.Model):
    """What one line's waiting units are expected on, until the next row says otherwise. Rows are ended, never changed.

    `due_on` follows the supply; `promised_on` is the day the customer counts on and moves only when somebody renews it.
    `parts`: [{"ref", "qty", "eta", "confirmed"}], what comes with which document; units not in it are not on order.
    """

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="stock_promises")
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="stock_promises")
    qty = models.PositiveIntegerField()
    due_on = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    ref = models.CharField(max_length=30, blank=True)
    parts = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    actor_name = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=timezone.now)
    waits_since = models.DateTimeField(default=timezone.now)  # the line's place in the queue
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["line"], name="promise_one_current", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(name="promise_qty_positive", condition=Q(qty__gt=0)),
        ]
        indexes = [
            models.Index(fields=["waits_since", "id"], name="promise_queue", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["due_on", "id"], name="promise_due", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.qty} of line {self.line_id} by {self.promised_on}"


# The customer counts on a day that supply no longer keeps.
BREAKING = Q(promised_on__isnull=False) & (Q(due_on__isnull=True) | Q(due_on__gt=F("promised_on")))
