"""What moves between our own places: it leaves one, is on the road, and arrives at another."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from inventory.models.arrival import Arrival, ArrivalScan, ReceiptVerdict
from inventory.models.stock import Location, Product
from inventory.querysets import TransferQuerySet
from inventory.states import TransferLifecycle, TransferStatus
from oms.kernel.models import one_of


class Transfer(TransferLifecycle):
    """Units on their way from `source` to `location`, all expected on the day `eta`.

    Its row is the lock for everything about it; stock rows come after it.
    """

    number = models.CharField(max_length=30, unique=True)
    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    eta = models.DateField("expected on")
    note = models.CharField(max_length=500, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)  # the last arrival
    ended_at = models.DateTimeField(null=True, blank=True)
    status_since = models.DateTimeField(default=timezone.now)
    qty_lines = models.PositiveIntegerField(default=0)  # how many lines it has, for its rules
    version = models.PositiveIntegerField(default=1)  # two people editing one draft never overwrite each other

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("transfer_status_known", "status", TransferStatus),
            models.CheckConstraint(name="transfer_between_two_places", condition=~Q(source=F("location"))),
        ]
        indexes = [models.Index(fields=["status", "status_since", "id"], name="transfer_status_since")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("transfers:detail", args=[self.number])


class TransferLine(models.Model):
    """Units of one SKU on a transfer. `qty_open` is what is still on the road once it is sent."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="transfer_lines")
    qty = models.PositiveIntegerField()
    qty_received = models.PositiveIntegerField(default=0)
    qty_lost = models.PositiveIntegerField(default=0)
    qty_open = models.GeneratedField(
        expression=F("qty") - F("qty_received") - F("qty_lost"), output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="transfer_line_qty_positive", condition=Q(qty__gt=0)),
            models.CheckConstraint(
                name="transfer_line_within", condition=Q(qty__gte=F("qty_received") + F("qty_lost"))
            ),
        ]
        indexes = [models.Index(fields=["product"], name="transfer_line_open", condition=Q(qty_open__gt=0))]

    def __str__(self) -> str:
        return f"{self.qty} of {self.product_id} on {self.transfer_id}"


class TransferReceipt(Arrival):
    """One arrival of a transfer. At most one is being counted per transfer."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="receipts")
    reason = models.CharField("why less than sent", max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transfer"], name="transfer_receipt_one_open", condition=Q(booked_at__isnull=True)
            )
        ]


class TransferScan(ArrivalScan):
    receipt = models.ForeignKey(TransferReceipt, on_delete=models.PROTECT, related_name="scans")
    line = models.ForeignKey(TransferLine, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("transfer_verdict_known", "verdict", ReceiptVerdict),
            models.CheckConstraint(name="transfer_scan_qty_positive", condition=Q(qty__gt=0)),
        ]
