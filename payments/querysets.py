"""Chainable named filters over payments and refunds."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from oms.kernel.clock import now
from payments.states import DEAD, WITH_COURIER

# So long somebody may take to pay, and so long a bank keeps a promised amount for us.
TIME_TO_PAY = timedelta(days=7)
TIME_TO_CAPTURE = timedelta(days=7)


class OrderMoneyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the channels this person may see."""
        return self.filter(order__channel__code__in=user.channel_codes) if user.channel_codes else self


class PaymentQuerySet(OrderMoneyQuerySet):
    def live(self):
        return self.exclude(status__in=DEAD)

    def to_verify(self):
        return self.filter(status="verification_pending")

    def with_couriers(self):
        return self.filter(status__in=WITH_COURIER, is_historical=False)

    def lapsed(self):
        """Live payments nobody finished in time, the oldest first. Cash on delivery waits for its parcel."""
        unpaid = Q(status="pending", received_at__lt=now() - TIME_TO_PAY) & ~Q(method="cod")
        untaken = Q(status="authorized", updated_at__lt=now() - TIME_TO_CAPTURE)
        return self.filter(unpaid | untaken, is_historical=False).order_by("received_at", "pk")

    def disputed(self):
        return self.filter(status="disputed")


class RefundQuerySet(OrderMoneyQuerySet):
    def to_approve(self):
        return self.filter(status="requested")

    def to_send(self):
        return self.filter(status="approved")

    def on_their_way(self):
        return self.filter(status="sent")
