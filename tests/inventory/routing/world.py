"""Four invented places, and short ways to ask the engine about them."""

from datetime import time
from decimal import Decimal

from inventory.routing.facts import Condition, Demand, Facts, Freight, Place, Policy, RoutingPlan, Rule, World
from inventory.routing.plan import plan_order

PUNE = Place(1, "pune", "Pune", "IN", "Maharashtra", (18.52, 73.86), "Asia/Kolkata")
DELHI = Place(2, "delhi", "Delhi", "IN", "Delhi", (28.61, 77.21), "Asia/Kolkata")
KOCHI = Place(3, "kochi", "Kochi", "IN", "Kerala", (9.93, 76.27), "Asia/Kolkata", (1, 2, 3, 4, 5), time(9), time(18))
PERTH = Place(4, "perth", "Perth", "AU", "WA", (-31.95, 115.86), "Australia/Perth")
PLACES = (PUNE, DELHI, KOCHI, PERTH)
MUMBAI, CHENNAI = (19.07, 72.88), (13.08, 80.27)
MUG, LAMP, KETTLE = 11, 12, 13


def plan(
    *rules: Rule, stock, wants=((MUG, 1),), facts=None, point=MUMBAI, freight=None, load=None, excluded=()
) -> RoutingPlan:
    """Plan lines 1, 2, ... of `wants` (product, units); `stock` {(product, place): units}."""
    demands = [Demand(i, product, qty) for i, (product, qty) in enumerate(wants, start=1)]
    world = World({p.id: p for p in PLACES}, freight or {}, load or {})
    facts = facts or Facts("web", "IN", "Maharashtra", "400001", frozenset(), Decimal(900), "INR")
    keys = {(m, p.id): stock.get((m, p.code), 0) for m in (MUG, LAMP, KETTLE) for p in PLACES}
    policy = Policy(rules) if rules else Policy((Rule(1, "All"),))
    return plan_order(demands, PLACES, keys, facts=facts, policy=policy, point=point, world=world, excluded=excluded)


def sent(found: RoutingPlan) -> dict[str, int]:
    """Units per place code."""
    units: dict[str, int] = {}
    for a in found.assignments:
        code = PLACES[a.location_id - 1].code
        units[code] = units.get(code, 0) + a.qty
    return units


def verdicts(found: RoutingPlan) -> dict[str, str]:
    return {c.place.code: c.verdict for c in found.candidates}


def rate(place: Place, prefix: str, amount: str, country: str = "IN") -> Freight:
    return Freight(place.id, country, prefix, Decimal(amount))


def when(field: str, test: str, value: str) -> Condition:
    return Condition(field, test, value)
