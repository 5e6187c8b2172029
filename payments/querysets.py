"""Chainable named filters over payments and refunds."""

from django.db import models

from payments.states import DEAD, WITH_COURIER


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

    def disputed(self):
        return self.filter(status="disputed")


class RefundQuerySet(OrderMoneyQuerySet):
    def to_approve(self):
        return self.filter(status="requested")

    def to_send(self):
        return self.filter(status="approved")

    def on_their_way(self):
        return self.filter(status="sent")
