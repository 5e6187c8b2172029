"""Available to promise: what a channel may still sell of a product, today and on any day to come. Pure, but for one reading.

ATP(channel, day) = available at the channel's places - the channel's safety stock + incoming until the day - back-orders
(DOMAIN, quantities). It may be below zero: so many units are promised to orders that nothing covers yet.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inventory.kit_card import waiting_units
from inventory.models import KitPart, SafetyStock, StockLevel
from inventory.promising import Coming, open_supply
from oms.kernel.clock import business_date


@dataclass(frozen=True)
class Position:
    """One product as a channel sees it. `coming` with a day already over counts on no day: nobody knows when it is here."""

    available: int
    safety: int
    backordered: int
    coming: tuple[Coming, ...]
    today: date

    def on(self, day: date) -> int:
        """Units that may be promised for `day`."""
        until = sum(c.qty for c in self.coming if self.today <= c.eta <= day)
        return self.available - self.safety + until - self.backordered

    def curve(self, days: int) -> list[tuple[date, int]]:
        """The same for today and each of the `days` after it."""
        return [(day, self.on(day)) for day in (self.today + timedelta(days=n) for n in range(days + 1))]

    def first_day(self, qty: int, days: int = 365) -> date | None:
        """The first day on which `qty` units may be promised, or None within `days`."""
        steps = [self.today, *sorted({c.eta for c in self.coming if c.eta > self.today})]
        return next((day for day in steps if self.on(day) >= qty and day <= self.today + timedelta(days=days)), None)

    @property
    def overdue(self) -> int:
        """Units on documents whose day is over."""
        return sum(c.qty for c in self.coming if c.eta < self.today)


@dataclass(frozen=True)
class KitPosition(Position):
    """A kit: `parts` are the positions of its components and how many go into one. They know what waits of the kit itself."""

    parts: tuple[tuple[Position, int], ...] = ()

    def on(self, day: date) -> int:
        return min(position.on(day) // each for position, each in self.parts) - self.safety


def position(product_id: int, *, location_ids: Collection[int] | None = None, channel: str = "") -> Position:
    """The position of a product over `location_ids` (None: everywhere), with the safety stock of `channel` (code)."""
    safety = SafetyStock.objects.filter(product=product_id, channel=channel).values_list("qty", flat=True).first()
    return positions_from(product_id, {channel: (location_ids, safety or 0)})[channel]


def positions_from(product_id: int, wanted: dict[str, tuple[Collection[int] | None, int]]) -> dict[str, Position]:
    """{channel: Position} for {channel: (its places, its safety stock)}, in four questions whatever their number.

    A kit takes as many more for each of its components.
    """
    if parts := list(KitPart.objects.filter(kit=product_id).values_list("product_id", "qty")):
        return _positions_of_kit(parts, product_id, wanted)
    levels = dict(StockLevel.objects.filter(product=product_id).values_list("location_id", "available"))
    waiting = waiting_units(product_id)
    supply, today = open_supply([product_id]), business_date()
    return {
        channel: Position(
            _sum(levels.items(), places),
            safety,
            waiting,
            tuple(c for c in supply if places is None or c.location_id in places),
            today,
        )
        for channel, (places, safety) in wanted.items()
    }


def _positions_of_kit(
    parts: list[tuple[int, int]], kit: int, wanted: dict[str, tuple[Collection[int] | None, int]]
) -> dict[str, Position]:
    kept_back: dict[int, dict[str, int]] = {product: {} for product, _ in parts}
    for product, channel, qty in SafetyStock.objects.filter(
        product__in=list(kept_back), channel__in=list(wanted)
    ).values_list("product_id", "channel", "qty"):
        kept_back[product][channel] = qty
    found = {
        product: positions_from(product, {c: (at, kept_back[product].get(c, 0)) for c, (at, _) in wanted.items()})
        for product, _ in parts
    }
    waiting, today = waiting_units(kit), business_date()
    return {
        channel: KitPosition(
            min(found[p][channel].available // each for p, each in parts), safety, waiting,
            tuple(c for p, _ in parts for c in found[p][channel].coming), today,
            tuple((found[p][channel], each) for p, each in parts),
        )
        for channel, (_, safety) in wanted.items()
    }  # fmt: skip


def safety_of(product_id: int, channels: Sequence[str]) -> dict[str, int]:
    rows = SafetyStock.objects.filter(product=product_id, channel__in=channels)
    return dict(rows.values_list("channel", "qty"))


def _sum(levels: Iterable[tuple[int, int]], places: Collection[int] | None) -> int:
    return sum(qty for place, qty in levels if places is None or place in places)
