"""Whose channel an event's order belongs to, for endpoints that hear of one channel only."""

from oms.webhooks.owe import knows_channels
from orders.models import Order


@knows_channels
def channels_of(numbers: set[str]) -> dict[str, str]:
    return dict(Order.objects.filter(number__in=numbers).values_list("number", "channel__code"))
