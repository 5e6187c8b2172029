"""How much of each typed product the channel may sell now, in the words of the form. It promises nothing: placing the order does."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from inventory.atp import positions_from, safety_of
from inventory.for_sale import Seller, for_sale
from inventory.offers import PLENTY
from oms.kernel.clock import business_date
from orders.capture.catalogue import locations_for
from orders.models import Channel

MOST_DAYS = 10  # products that are short and for which the day is looked up: some questions each


@dataclass(frozen=True)
class Stocked:
    """`words` for the clerk; `is_short` when they cannot have all they typed now."""

    words: str
    is_short: bool = False


def stocked_for(channel: Channel | None, wanted: Iterable[tuple[int, int]]) -> dict[int, Stocked]:
    """{product id: what there is of it} for (product id, units wanted in all). One statement, and a few for each that is short."""
    units = dict(wanted)
    if channel is None or not units:
        return {}
    places = locations_for(channel)
    there = for_sale(Seller(channel.code, channel.country, places), list(units))
    found, days = {}, MOST_DAYS
    for product, qty in units.items():
        free = there.get(product, 0)
        short = qty - free
        when = ""
        if short > 0 and days:
            days -= 1
            when = _when(product, qty, channel, places)
        found[product] = Stocked(_words(free, short, when), short > 0)
    return found


def _words(free: int, short: int, when: str) -> str:
    if free >= PLENTY:
        return "Sent by the supplier"
    if short <= 0:
        return f"{free:,} free"
    return f"{free:,} free, {short:,} would wait{when}" if free else f"None free{when}"


def _when(product: int, qty: int, channel: Channel, places: Collection[int]) -> str:
    """From which day on there is enough, by what is on its way."""
    safety = safety_of(product, [channel.code]).get(channel.code, 0)
    day = positions_from(product, {channel.code: (places, safety)})[channel.code].first_day(qty)
    if day and day <= business_date():
        return " before today's delivery"
    return f" until {day:%a} {day.day} {day:%b}" if day else ", nothing is on its way"
