"""Chainable named filters over deliveries to webhook endpoints."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from oms.kernel.clock import now

UNFINISHED = ("pending", "sending")
HOLDS_BACK = 4  # attempts after which an event no longer holds back the later ones of its order (about ten minutes)


class WebhookDeliveryQuerySet(models.QuerySet):
    def visible_to(self, user) -> "WebhookDeliveryQuerySet":
        """Deliveries of the channels this person may see."""
        return self.filter(endpoint__channel_code__in=user.channel_codes) if user.channel_codes else self

    def parked(self) -> "WebhookDeliveryQuerySet":
        return self.filter(status="parked")

    def failing(self) -> "WebhookDeliveryQuerySet":
        """Tried in vain, and waiting for the next attempt."""
        return self.filter(status="pending", attempts__gt=0)

    def waiting(self) -> "WebhookDeliveryQuerySet":
        return self.filter(status__in=UNFINISHED)

    def due(self) -> "WebhookDeliveryQuerySet":
        """To be sent now, to endpoints that are on and not resting: those whose moment has come and those whose sender died.

        An event waits for the earlier ones of its order, unless these have failed again and again.
        """
        at = now()
        ready = Q(status="pending", next_at__lte=at) | Q(status="sending", claimed_until__lt=at)
        awake = Q(endpoint__quiet_until__isnull=True) | Q(endpoint__quiet_until__lte=at)
        earlier = self.model.objects.filter(
            endpoint=OuterRef("endpoint"), stream=OuterRef("stream"), event__lt=OuterRef("event"), status__in=UNFINISHED,
            attempts__lt=HOLDS_BACK,
        )  # fmt: skip
        return self.filter(ready & awake & ~Exists(earlier), endpoint__is_active=True)
