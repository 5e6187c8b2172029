"""Chainable named filters over returns."""

from django.db import models

from oms.kernel.clock import now

OPEN = ("requested", "approved", "awaiting_item", "in_transit", "partially_received", "received", "inspected")
WAITING = ("approved", "awaiting_item", "in_transit", "partially_received")


class ReturnQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ReturnQuerySet":
        """Rows of the channels this person may see."""
        return self.filter(order__channel__code__in=user.channel_codes) if user.channel_codes else self

    def open(self) -> "ReturnQuerySet":
        return self.filter(status__in=OPEN)

    def to_decide(self) -> "ReturnQuerySet":
        return self.filter(status="requested")

    def waiting_for_parcel(self) -> "ReturnQuerySet":
        return self.filter(status__in=WAITING)

    def to_inspect(self) -> "ReturnQuerySet":
        return self.filter(status="received")

    def to_settle(self) -> "ReturnQuerySet":
        return self.filter(status="inspected")

    def lapsed(self, at=None) -> "ReturnQuerySet":
        """Approved long ago, and nothing ever came."""
        return self.filter(status__in=("approved", "awaiting_item", "in_transit"), expires_at__lte=at or now())
