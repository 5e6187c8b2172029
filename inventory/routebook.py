"""The live policy, the places and the freight prices as routing uses them, read at most once a second by each process."""

import json
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from inventory.geography import point_at
from inventory.routing.facts import (
    BUILT_IN,
    Condition,
    Freight,
    Otherwise,
    Place,
    Policy,
    Rule,
    Split,
    Strategy,
    World,
)
from oms.kernel.clock import business_date, day_bounds
from oms.kernel.db import fetch

FRESH_SECONDS = 1.0


@dataclass(frozen=True)
class Book:
    """`load`, orders of today by place, counts only while some place has a capacity; `world` shows it."""

    policy: Policy
    world: World
    load: dict[int, int]

    @property
    def counts_load(self) -> bool:
        return any(place.orders_per_day is not None for place in self.world.places.values())


_cached: tuple[float, Book] | None = None


def routebook(known: Collection[int] = ()) -> Book:
    """What routing goes by now; read anew when a place of `known` is missing in it.

    A change is seen at once by the process that made it, within a second by the others.
    """
    global _cached
    if _cached and time.monotonic() - _cached[0] < FRESH_SECONDS and _cached[1].world.places.keys() >= set(known):
        return _cached[1]
    load: dict[int, int] = {}
    book = Book(live_policy(), world(load), load)
    _cached = (time.monotonic(), book)
    return book


def forget(**kwargs: object) -> None:
    """Read the book anew on next use."""
    global _cached
    _cached = None


def count_in(places: Iterable[int]) -> None:
    """Count orders just given to places until the next reading: a capacity is kept to within a second."""
    if _cached and _cached[1].counts_load:
        for place in places:
            _cached[1].load[place] = _cached[1].load.get(place, 0) + 1


RULES = """
SELECT p.id, p.version, r.position, r.name, r.conditions::text, r.strategy, r.places, r.max_km, r.only_open, r.split,
       r.min_percent, r.max_places, r.otherwise
FROM inventory_routingpolicy p LEFT JOIN inventory_routingrule r ON r.policy_id = p.id AND r.is_on
WHERE CASE WHEN %s::bigint IS NULL THEN p.state = 'active' ELSE p.id = %s::bigint END ORDER BY r.position
"""
PLACES = """
SELECT l.id, l.code, l.name, l.country, l.state, l.latitude::float8, l.longitude::float8, l.postal_code, l.time_zone,
       l.open_days, l.opens_at, l.closes_at, l.orders_per_day, l.kind = 'drop_ship'
FROM inventory_location l ORDER BY l.rank, l.code
"""
FREIGHT = "SELECT location_id, country, prefix, amount FROM inventory_freightrate ORDER BY length(prefix) DESC"
LOAD = """
SELECT l.id, count(DISTINCT d.order_number) FROM inventory_routingdecision d
JOIN inventory_location l ON l.code = ANY(d.places) WHERE d.at >= %s GROUP BY 1
"""


def live_policy() -> Policy:
    """The policy that is live; without one, the order of places decides."""
    return _policy(None) or BUILT_IN


def policy_of(pk: int) -> Policy:
    """The version `pk` as it stands now, live or not."""
    return _policy(pk) or Policy((), pk)


def _policy(pk: int | None) -> Policy | None:
    rows = fetch(RULES, [pk, pk])
    if not rows:
        return None
    return Policy(tuple(_rule(row[2:]) for row in rows if row[2] is not None), rows[0][0], rows[0][1])


def _rule(row: tuple) -> Rule:
    position, name, conditions, strategy, places, max_km, only_open, split, percent, most, otherwise = row
    asked = tuple(Condition(c["field"], c["test"], c["value"]) for c in json.loads(conditions))
    return Rule(
        position, name, asked, Strategy(strategy), tuple(places), max_km, only_open, Split(split), percent, most,
        Otherwise(otherwise),
    )  # fmt: skip


def world(load: dict[int, int] | None = None) -> World:
    """Every place, with where it lies and how many orders it was given today (put into `load`), and every freight price."""
    places = {row[0]: _place(row) for row in fetch(PLACES)}
    freight: dict[int, list[Freight]] = defaultdict(list)
    for pk, country, prefix, amount in fetch(FREIGHT):
        freight[pk].append(Freight(pk, country, prefix.upper(), Decimal(amount)))
    load = {} if load is None else load
    load.update(_load(places))
    return World(places, {pk: tuple(rows) for pk, rows in freight.items()}, load)


def _place(row: tuple) -> Place:
    pk, code, name, country, state, lat, lon, postal_code, zone, days, opens, closes, most, theirs = row
    point = (lat, lon) if lat is not None and lon is not None else point_at(country, postal_code)
    return Place(pk, code, name, country, state, point, zone, tuple(days), opens, closes, most, theirs)


def _load(places: Mapping[int, Place]) -> dict[int, int]:
    if all(place.orders_per_day is None for place in places.values()):
        return {}
    return dict(fetch(LOAD, [day_bounds(business_date())[0]]))
