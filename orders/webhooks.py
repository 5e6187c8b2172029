"""Whose channel an event's order belongs to, for endpoints that hear of one channel only."""

from oms.webhooks.owe import knows_channels
from orders.models import Order
from orders.telling.messages import STOCK


@knows_channels
def channels_of(numbers: set[str]) -> dict[str, str]:
    return dict(Order.objects.filter(number__in=numbers).values_list("number", "channel__code"))


@knows_channels
def channels_of_stock(streams: set[str]) -> dict[str, str]:
    """What a channel is told of its stock is that channel's alone."""
    return {stream: stream.removeprefix(STOCK) for stream in streams if stream.startswith(STOCK)}
