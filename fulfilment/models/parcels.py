"""Parcels, what is in them, who carries them and what became of them."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from fulfilment.models.base import RowsByOrder
from fulfilment.models.work import FulfilmentOrder
from fulfilment.states import ShipmentLifecycle, ShipmentStatus
from oms.kernel.models import one_of
from orders.models import Order, OrderAddress, OrderLine

ANSWER_HOURS = 48  # what a carrier that says nothing else gives us
CLAIM_DAYS = 14  # the same for a claim, from the day of the loss


class Carrier(models.Model):
    """Who takes parcels; `tracking_url` holds {number} where the tracking number goes.

    A carrier keeps a parcel that nobody took for `answer_hours`; unanswered it brings it back at our cost.
    Of one that it lost it takes claims for `claim_days`.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    tracking_url = models.CharField(max_length=300, blank=True)
    answer_hours = models.PositiveSmallIntegerField(
        "hours to answer a failed delivery",
        default=ANSWER_HOURS,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    claim_days = models.PositiveSmallIntegerField(
        "days to claim a lost parcel",
        default=CLAIM_DAYS,
        db_default=CLAIM_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="From the day its loss is noted, as your contract says. Claims that wait already keep their day.",
    )
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Shipment(ShipmentLifecycle):
    """One parcel on its way to the customer."""

    number = models.CharField(max_length=30, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    fulfilment_order = models.ForeignKey(
        FulfilmentOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="shipments"
    )
    carrier = models.ForeignKey(Carrier, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tracking_number = models.CharField(max_length=80, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)  # set while a failed attempt waits for our answer
    note = models.CharField(max_length=500, blank=True)
    is_historical = models.BooleanField(default=False)

    objects = RowsByOrder.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            one_of("shipment_status_known", "status", ShipmentStatus),
            models.CheckConstraint(
                name="shipment_answer_awaited",
                condition=Q(answer_by__isnull=True) | Q(status=ShipmentStatus.ATTEMPT_FAILED),
            ),
        ]
        indexes = [models.Index(fields=["answer_by"], name="shipment_answer", condition=Q(answer_by__isnull=False))]

    def __str__(self) -> str:
        return self.number

    @property
    def failed_at(self) -> datetime | None:
        """When the attempt failed whose answer is awaited: where the deadline's clock began."""
        hours = self.carrier.answer_hours if self.carrier else ANSWER_HOURS
        return self.answer_by - timedelta(hours=hours) if self.answer_by else None

    @property
    def claim(self) -> Any:
        """What is known of its loss, or None when it never was lost."""
        return getattr(self, "loss", None)

    @property
    def address(self) -> dict[str, Any]:
        """Where it goes."""
        return self._further.address if self._further else self.order.ship_to

    @property
    def city(self) -> str:
        return self._further.city if self._further else self.order.ship_city

    @property
    def _further(self) -> OrderAddress | None:
        return self.fulfilment_order.ship_to if self.fulfilment_order else None

    @property
    def track_url(self) -> str:
        """The carrier's own page about this parcel, or nothing."""
        template = self.carrier.tracking_url if self.carrier else ""
        return template.replace("{number}", quote(self.tracking_number, safe="")) if self.tracking_number else ""


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    qty = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(name="shipment_line_not_empty", condition=Q(qty__gt=0)),
        ]


class TrackingEvent(models.Model):
    """What the carrier or a person said about a parcel; late ones are kept and not applied."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="tracking_events")
    status = models.CharField(max_length=30)
    text = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)
    is_applied = models.BooleanField(default=True)

    class Meta:
        ordering = ["-occurred_at", "-pk"]
