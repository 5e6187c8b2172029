"""Choose locations for one order: one place for everything if possible, else as few places as the ranking allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Demand:
    """Units of a product wanted by one line."""

    line_id: int
    product_id: int
    qty: int


@dataclass(frozen=True)
class Assignment:
    line_id: int
    product_id: int
    location_id: int
    qty: int


@dataclass(frozen=True)
class RoutingPlan:
    """What comes from where, what nobody has (`short`: units per line), and why in one sentence."""

    assignments: tuple[Assignment, ...]
    short: Mapping[int, int]
    reason: str


Stock = Mapping[tuple[int, int], int]  # (product id, location id) -> available units


def plan_order(demands: Sequence[Demand], locations: Sequence[int], stock: Stock) -> RoutingPlan:
    """Plan `demands` over `locations` in order of preference.

    Demand is summed per product before it is compared with stock, so two lines of one SKU never count a unit twice.
    """
    needed: dict[int, int] = {}
    for d in demands:
        needed[d.product_id] = needed.get(d.product_id, 0) + d.qty
    for rank, location in enumerate(locations, start=1):
        if all(stock.get((product, location), 0) >= qty for product, qty in needed.items()):
            chosen = tuple(Assignment(d.line_id, d.product_id, location, d.qty) for d in demands)
            return RoutingPlan(chosen, {}, f"choice {rank} of {len(locations)} has everything")
    return _split(demands, _by_coverage(locations, needed, stock), stock)


def _by_coverage(locations: Sequence[int], needed: Mapping[int, int], stock: Stock) -> list[int]:
    """Locations that cover most units first, ties by preference: fewest parcels for what can be sent."""
    covered = {loc: sum(min(qty, stock.get((p, loc), 0)) for p, qty in needed.items()) for loc in locations}
    return sorted(locations, key=lambda loc: -covered[loc])


def _split(demands: Sequence[Demand], locations: Sequence[int], stock: Stock) -> RoutingPlan:
    left = dict(stock)
    chosen: list[Assignment] = []
    short: dict[int, int] = {}
    for d in demands:
        missing = d.qty
        for location in locations:
            take = min(missing, left.get((d.product_id, location), 0))
            if take > 0:
                chosen.append(Assignment(d.line_id, d.product_id, location, take))
                left[d.product_id, location] -= take
                missing -= take
        if missing:
            short[d.line_id] = missing
    places = len({a.location_id for a in chosen})
    reason = (
        f"split over {places} locations"
        if places > 1
        else "one location has part of it"
        if places
        else "nobody has stock"
    )
    return RoutingPlan(tuple(chosen), short, reason)
