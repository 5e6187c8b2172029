"""Chainable named filters over outgoing messages."""

from django.db import models
from django.db.models import Q

from oms.kernel.clock import now


class OutgoingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OutgoingQuerySet":
        """Messages about orders of the channels this person may see."""
        return self.filter(order__channel__code__in=user.channel_codes) if user.channel_codes else self

    def failed(self) -> "OutgoingQuerySet":
        return self.filter(status="failed")

    def waiting(self) -> "OutgoingQuerySet":
        return self.filter(status__in=("queued", "sending"))

    def due(self, at=None) -> "OutgoingQuerySet":
        """To be sent now: queued ones whose moment has come, and those whose sender died with the lease in hand."""
        at = at or now()
        return self.filter(Q(status="queued", next_at__lte=at) | Q(status="sending", claimed_until__lt=at))
