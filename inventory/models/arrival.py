"""Something is at the door: what a supplier's delivery and the arrival of a transfer have in common."""

from django.db import models
from django.utils import timezone


class Arrival(models.Model):
    """One delivery, counted scan by scan. While `booked_at` is empty it is being counted and has touched no stock."""

    number = models.CharField(max_length=30, unique=True)
    reference = models.CharField("delivery note", max_length=80, blank=True)
    is_quarantined = models.BooleanField("into quarantine", default=False)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.CharField(max_length=80)
    booked_at = models.DateTimeField(null=True, blank=True)
    booked_by = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class ReceiptVerdict(models.TextChoices):
    OK = "ok", "Counted"
    COMPLETE = "complete", "Everything is here"
    OVER = "over", "More than ordered"
    WRONG = "wrong", "Not on this order"


class ArrivalScan(models.Model):
    """One scan, or a number typed, while a delivery is counted. The same `key` counts once; an undone scan stays.

    `receipt` is the delivery; `line` what was meant of it, empty for what does not belong to it.
    """

    key = models.UUIDField(unique=True)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=255, blank=True)
    qty = models.PositiveIntegerField(default=1)
    verdict = models.CharField(max_length=10, choices=ReceiptVerdict)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.qty} of {self.code}"
