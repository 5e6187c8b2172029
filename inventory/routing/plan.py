"""Choose places for one order by a policy: the first rule that fits and finds a place wins, and every look is kept."""

from collections.abc import Collection, Sequence

from inventory.routing.candidates import look
from inventory.routing.conditions import holds, words
from inventory.routing.facts import (
    BUILT_IN,
    Assignment,
    Candidate,
    Demand,
    Facts,
    Otherwise,
    Passed,
    Place,
    Point,
    Policy,
    RoutingPlan,
    Rule,
    Stock,
    World,
)
from inventory.routing.ranking import ranked
from inventory.routing.splitting import share_out

__all__ = ["Assignment", "Demand", "RoutingPlan", "plan_order"]
NOWHERE = World({})


def plan_order(
    demands: Sequence[Demand], places: Sequence[Place], stock: Stock, *, facts: Facts = Facts(), policy: Policy = BUILT_IN,  # noqa: B008
    point: Point | None = None, world: World = NOWHERE, excluded: Collection[int] = (),
) -> RoutingPlan:  # fmt: skip
    """Plan `demands` over `places`, which serve the order's channel, best first; `excluded` places refused it before.

    Demand is summed per product before it is compared with stock, so two lines of one SKU never count a unit twice, nor
    do a kit and its component. `point` is where the order goes. What no place may send by the winning rule is `short`.
    """
    needed: dict[int, int] = {}
    for d in demands:
        for product, each in d.each:
            needed[product] = needed.get(product, 0) + d.qty * each
    kits = tuple(demands) if any(d.parts for d in demands) else ()
    passed: list[Passed] = []
    last: tuple[Rule, list[Candidate]] | None = None
    for rule in policy.rules:
        if unmet := next((c for c in rule.conditions if not holds(c, facts)), None):
            passed.append(Passed(rule.position, rule.name, f"not so: {words(unmet)}"))
            continue
        seen = look(
            places, needed, stock, rule=rule, facts=facts, point=point, world=world, excluded=excluded, kits=kits
        )
        order = ranked([c for c in seen if c.verdict == "possible"], rule)
        chosen, short = share_out(demands, needed, order, stock, rule)
        if chosen or rule.otherwise == Otherwise.WAIT:
            return _plan(chosen, short, rule, seen, passed)
        passed.append(Passed(rule.position, rule.name, "no place may send anything by it"))
        last = rule, seen
    everything = {d.line_id: d.qty for d in demands}
    if last is None:
        return RoutingPlan((), everything, "no rule fits this order", Rule(0, "No rule"), (), tuple(passed))
    return _plan((), everything, last[0], last[1], passed[:-1] if passed[-1].position == last[0].position else passed)


def _plan(
    chosen: tuple[Assignment, ...], short: dict[int, int], rule: Rule, seen: Sequence[Candidate], passed: list[Passed]
) -> RoutingPlan:
    sending = dict.fromkeys(a.location_id for a in chosen)
    candidates = [
        Candidate(c.place, "chosen", c.detail, c.score, c.has, c.short) if c.place.id in sending else c for c in seen
    ]
    names = [c.place.name for pk in sending for c in candidates if c.place.id == pk]
    if not names:
        reason = "nobody has stock" if all(c.verdict == "empty" for c in seen) else "no place may send it"
    elif len(names) == 1:
        reason = f"{names[0]} has part of it, the rest waits" if short else f"{names[0]} has everything"
    else:
        reason = f"split over {len(names)} places: {', '.join(names)}"
    return RoutingPlan(chosen, short, reason, rule, tuple(_best_first(candidates, rule)), tuple(passed))


FIRST = {"chosen": 0, "possible": 1}


def _best_first(candidates: Sequence[Candidate], rule: Rule) -> list[Candidate]:
    return sorted(ranked(candidates, rule), key=lambda c: FIRST.get(c.verdict, 2))
