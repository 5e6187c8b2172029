"""Where a person wants units of an order to come from."""

from django.db import models
from django.utils import timezone

from inventory.models import Location
from orders.models.line import OrderLine


class PlaceChoice(models.Model):
    """The units of a line come from one place and no other, because somebody said so; routing asks only that place.

    Written by orders/actions/hold_at.py. Without a row the rules decide.
    """

    line = models.OneToOneField(OrderLine, on_delete=models.CASCADE, related_name="place_choice")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)
    actor_name = models.CharField(max_length=80)
    actor_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.line_id} from {self.location_id}"
