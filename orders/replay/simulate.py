"""Plan every order of a window by one policy, as if it had been live all the time."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from inventory.routing.candidates import distance
from inventory.routing.facts import Place, Point, Policy, RoutingPlan, World
from inventory.routing.plan import plan_order
from oms.kernel.clock import business_date
from orders.replay.past import Change, PastOrder, Window, by_time

Points = Mapping[tuple[str, str], Point | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one order got: place codes, rule, units nobody had, kilometres of its parcels, freight (None: unknown)."""

    places: tuple[str, ...]
    names: tuple[str, ...]
    rule: int
    short: int
    km: float | None
    freight: Decimal | None


@dataclass
class Told:
    """One policy over the window, by order number."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)


def simulate(window: Window, policy: Policy, world: World, points: Points, tick: Callable[[], None]) -> Told:
    """Plan each order against the stock its forerunners left; `tick` is called once an order."""
    stock, told = dict(window.stock), Told()
    load: dict[date, dict[int, int]] = defaultdict(dict)
    taken: dict[str, RoutingPlan] = {}
    for _, kind, what in by_time(window):
        if isinstance(what, Change):
            stock[what.product_id, what.place_id] = stock.get((what.product_id, what.place_id), 0) + what.units
        elif kind == 2:
            for a in taken[what.number].assignments:
                for product, units in a.takes:
                    stock[product, a.location_id] += units
        else:
            today = load[business_date(what.at)]
            plan = taken[what.number] = _plan(what, policy, World(world.places, world.freight, today), stock, points)
            for a in plan.assignments:
                for product, units in a.takes:
                    stock[product, a.location_id] -= units
            for place in plan.places:
                today[place] = today.get(place, 0) + 1
            told.outcomes[what.number] = _outcome(what, plan, world, points)
            tick()
    return told


def _plan(order: PastOrder, policy: Policy, world: World, stock: Mapping, points: Points) -> RoutingPlan:
    places = [world.places[pk] for pk in order.place_ids]
    return plan_order(
        order.demands, places, stock, facts=order.facts, policy=policy, world=world,
        point=points.get((order.facts.country, order.facts.postal_code)),
    )  # fmt: skip


def _outcome(order: PastOrder, plan: RoutingPlan, world: World, points: Points) -> Outcome:
    places = [world.places[pk] for pk in plan.places]
    point = points.get((order.facts.country, order.facts.postal_code))
    away = [distance(place, point) for place in places]
    prices = [_price(place, order, world) for place in places]
    return Outcome(
        tuple(p.code for p in places), tuple(p.name for p in places), plan.rule.position, sum(plan.short.values()),
        None if None in away else sum(x or 0 for x in away),
        None if None in prices else sum((p or Decimal(0) for p in prices), Decimal(0)),
    )  # fmt: skip


def _price(place: Place, order: PastOrder, world: World) -> Decimal | None:
    code = order.facts.postal_code.replace(" ", "").upper()
    rates = world.freight.get(place.id, ())
    return next((r.amount for r in rates if r.country == order.facts.country and code.startswith(r.prefix)), None)
