"""Which places may send an order by a rule, and of the others why not."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from inventory.routing.distance import km
from inventory.routing.facts import Candidate, Demand, Facts, Place, Point, Rule, Stock, Strategy, World
from inventory.routing.filling import fill
from inventory.routing.ranking import score
from oms.kernel.plural import plural

# verdict -> what a person reads; `detail` is added to it
VERDICTS: Mapping[str, str] = {
    "chosen": "Sends",
    "possible": "Could send",
    "refused": "Refused this order before",
    "channel": "Does not serve this channel",
    "rule": "Not among the rule's places",
    "unknown": "Distance unknown",
    "far": "Too far",
    "closed": "Closed",
    "full": "At its capacity",
    "price": "No freight price",
    "short": "Not enough stock",
    "empty": "None of it in stock",
    "country": "Does not send to this country",
    "few": "Sends no fewer",
}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def look(
    places: Sequence[Place], needed: Mapping[int, int], stock: Stock, *, rule: Rule, facts: Facts, point: Point | None,
    world: World, excluded: Collection[int], kits: Sequence[Demand] = (),
) -> list[Candidate]:  # fmt: skip
    """Every one of `places` with its score and its verdict under `rule`, in the order given.

    `kits` are all demands of an order with a kit in it: what a place has is then whole kits, not loose components.
    """
    units = sum(d.qty for d in kits) or sum(needed.values())
    allowed = frozenset(rule.places)
    wants = tuple(needed.items())
    found = []
    for place in places:
        has, short = 0, []
        for product, qty in wants:
            there = max(0, stock.get((product, place.id), 0))
            has += min(qty, there)
            if there < qty:
                short.append((product, there, qty))
        if kits:
            has = units - sum(fill(kits, [place.id], stock)[1].values())
        value = score(rule.strategy, place, has=has, wants=wants, stock=stock, facts=facts, point=point, world=world)
        verdict, detail = "possible", ""
        if place.id in excluded:
            verdict = "refused"
        elif allowed and place.code not in allowed:
            verdict = "rule"
        elif why := _where(place, value, rule, point):
            verdict, detail = why
        elif rule.only_open and (detail := closed(place, facts.at)):
            verdict = "closed"
        elif place.orders_per_day is not None and world.load.get(place.id, 0) >= place.orders_per_day:
            verdict, detail = "full", f"{world.load[place.id]} of {place.orders_per_day} orders today"
        elif not has:
            verdict = "empty"
        elif has * 100 < rule.min_percent * units:
            verdict, detail = "short", f"{has} of {plural(units, 'unit')}; the rule asks {rule.min_percent} %"
        found.append(Candidate(place, verdict, detail, value, has, tuple(short)))
    return found


def _where(place: Place, value: float | None, rule: Rule, point: Point | None) -> tuple[str, str] | None:
    if rule.strategy == Strategy.CHEAPEST and value is None:
        return "price", "to this postal code"
    if rule.max_km is None:
        return None
    away = value if rule.strategy == Strategy.NEAREST else distance(place, point)
    if away is None:
        return "unknown", "of the order or of the place"
    if away > rule.max_km:
        return "far", f"{away:.0f} km; at most {rule.max_km}"
    return None


def distance(place: Place, point: Point | None) -> float | None:
    """Kilometres from the place to `point`; None when either is unknown."""
    return None if point is None or place.point is None else km(place.point, point)


def closed(place: Place, at: datetime | None) -> str:
    """Why nobody works there any more on the day of `at`, in words; empty when somebody does or will."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(place.zone))
    if place.open_days and local.isoweekday() not in place.open_days:
        return f"on {DAYS[local.isoweekday() - 1]}s"
    if place.closes and local.time() >= place.closes:
        return f"since {place.closes:%H:%M}"
    return ""
