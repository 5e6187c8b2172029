"""Parcels that never arrived: what the customer gets instead, and what we claim from who carried them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fulfilment.models.base import RowsByOrder
from fulfilment.models.parcels import Shipment
from fulfilment.states import CLAIM_OPEN, ClaimStatus, LossLifecycle
from oms.kernel.clock import business_date
from oms.kernel.models import MoneyField, one_of
from orders.models import Order


class LossAnswer(models.TextChoices):
    """What became of the customer's side of it. Open: somebody has to decide."""

    OPEN = "open", "To answer"
    SENT_AGAIN = "sent_again", "Sent again"
    REFUNDED = "refunded", "Money given back"
    WRITTEN_OFF = "written_off", "Nothing was paid"
    FOUND = "found", "It turned up"


class Loss(LossLifecycle):
    """One lost or destroyed parcel. Money in the order's currency; `status` is how far the claim on the carrier is.

    `worth` is the frozen value of its units when it was lost; `written_off` what the customer no longer owes because of it.
    """

    number = models.CharField(max_length=32, unique=True)  # the parcel's own, with a C: what the carrier is told
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="loss")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="losses")
    worth = MoneyField()
    lost_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=12, choices=LossAnswer, default=LossAnswer.OPEN)
    answer_by = models.DateTimeField()
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    written_off = MoneyField(default=0)
    refund_number = models.CharField(max_length=30, blank=True)
    claim_by = models.DateField()  # carriers accept claims only so long
    claimed = MoneyField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_reference = models.CharField(max_length=80, blank=True)
    recovered = MoneyField(default=0)
    claim_note = models.CharField(max_length=300, blank=True)
    claim_ended_at = models.DateTimeField(null=True, blank=True)

    objects = RowsByOrder.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "losses"
        constraints = [
            one_of("loss_claim_known", "status", ClaimStatus),
            one_of("loss_answer_known", "answer", LossAnswer),
            models.CheckConstraint(
                name="loss_money_not_negative",
                condition=Q(worth__gte=0, written_off__gte=0, claimed__gte=0, recovered__gte=0),
            ),
            models.CheckConstraint(
                name="loss_written_off_by_answer", condition=Q(written_off=0) | Q(answer=LossAnswer.REFUNDED)
            ),
        ]
        indexes = [
            models.Index(fields=["claim_by"], name="loss_claim_open", condition=Q(status__in=("due", "filed"))),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what the customer gets."""
        return self.answer == LossAnswer.OPEN

    @property
    def claim_days(self) -> int:
        """How long after it was lost the carrier takes the claim, as it was then."""
        return (self.claim_by - business_date(self.lost_at)).days

    @property
    def asks(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.is_open or self.status in CLAIM_OPEN
