"""Match the SKUs of drafts with products; unknown ones by the channel's policy."""

from collections.abc import Iterable
from dataclasses import dataclass

from inventory.actions.placeholder import make_placeholders
from inventory.models import Location, Product
from orders.channels.draft import OrderDraft
from orders.models import Channel, UnknownSkuPolicy


@dataclass(frozen=True)
class Known:
    """What capture needs of a product."""

    id: int
    name: str
    is_active: bool


def products_for(drafts: Iterable[OrderDraft], channel: Channel) -> dict[str, Known]:
    """Products by SKU. With the placeholder policy every SKU is found afterwards; with the hold policy some are missing."""
    names = {line.sku: line.name for d in drafts for line in d.lines if line.sku and not line.fulfilled_by_channel}
    known = _read(names)
    missing = {sku: name for sku, name in names.items() if sku not in known}
    if missing and channel.unknown_sku_policy == UnknownSkuPolicy.PLACEHOLDER:
        make_placeholders(missing, currency=channel.currency)
        known |= _read(missing)
    return known


def _read(skus: Iterable[str]) -> dict[str, Known]:
    rows = Product.objects.filter(sku__in=list(skus)).values_list("sku", "id", "name", "is_active")
    return {sku: Known(pk, name, active) for sku, pk, name, active in rows}


def locations_for(channel: Channel) -> tuple[int, ...]:
    """The ids of the places that may serve the channel, best first."""
    places = list(Location.objects.filter(is_active=True).order_by("rank", "code").values_list("code", "id"))
    if channel.location_codes:
        by_code = dict(places)
        return tuple(by_code[code] for code in channel.location_codes if code in by_code)
    return tuple(pk for _, pk in places)
