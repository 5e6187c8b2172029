"""Match the SKUs of drafts with products; unknown ones by the channel's policy. And the places that serve a channel."""

from collections.abc import Iterable, Mapping

from inventory.actions.placeholder import make_placeholders
from inventory.models import Location
from inventory.supply import Supply, supply_of
from orders.channels.draft import OrderDraft
from orders.models import Channel, UnknownSkuPolicy


def supply_for(drafts: Iterable[OrderDraft], channel: Channel) -> Supply:
    """Products and stock for the drafts. With the placeholder policy every SKU is found; with the hold policy some are missing."""
    names = {line.sku: line.name for d in drafts for line in d.lines if line.sku and not line.fulfilled_by_channel}
    supply = supply_of(names)
    missing = {sku: name for sku, name in names.items() if sku not in supply.items}
    if missing and channel.unknown_sku_policy == UnknownSkuPolicy.PLACEHOLDER:
        make_placeholders(missing, currency=channel.currency)
        supply.items.update(supply_of(missing).items)
    return supply


def locations_for(channel: Channel) -> tuple[int, ...]:
    """The ids of the places that may serve the channel, best first."""
    return serving(
        channel, dict(Location.objects.ours().filter(is_active=True).order_by("rank", "code").values_list("code", "id"))
    )


def serving(channel: Channel, places: Mapping[str, int]) -> tuple[int, ...]:
    """Of all active places, best first, those that may serve the channel, in its own order if it has one."""
    if channel.location_codes:
        return tuple(places[code] for code in channel.location_codes if code in places)
    return tuple(places.values())
