"""Orders that suppliers may send themselves: which lines go to them, and which to our own places."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from inventory.routing.facts import (
    BUILT_IN,
    Assignment,
    Candidate,
    Demand,
    Facts,
    Offer,
    Offers,
    Place,
    Point,
    Policy,
    RoutingPlan,
    Rule,
    Split,
    Stock,
    World,
)
from inventory.routing.plan import NOWHERE, plan_order
from inventory.routing.splitting import share_out

SHIPS = Rule(0, "The supplier sends it", split=Split.AVOID)
ONLY, FIRST = "supplier_only", "supplier_first"


def plan_with_suppliers(
    demands: Sequence[Demand], places: Sequence[Place], stock: Stock, offers: Offers, *, facts: Facts = Facts(),  # noqa: B008
    policy: Policy = BUILT_IN, point: Point | None = None, world: World = NOWHERE, excluded: Collection[int] = (),
) -> RoutingPlan:  # fmt: skip
    """Plan over our `places` by `policy`, and over the suppliers of `offers`, each line as its offers say.

    A line that one side has whole comes from that side; only when neither has is it filled from both, the first side
    first. Kits come from our own shelves alone.
    """

    def own(wanted: Sequence[Demand]) -> RoutingPlan | None:
        if not wanted:
            return None
        return plan_order(
            wanted, places, stock, facts=facts, policy=policy, point=point, world=world, excluded=excluded
        )

    def theirs(wanted: Sequence[Demand]) -> RoutingPlan | None:
        return _ask(wanted, stock, offers, facts, world, excluded) if wanted else None

    wanting = {d.line_id: d for d in demands}
    when = {d.line_id: _when(d, offers) for d in demands}
    only = [d for d in demands if when[d.line_id] == ONLY]
    ahead = [d for d in demands if when[d.line_id] == FIRST]
    rest = [d for d in demands if when[d.line_id] not in (ONLY, FIRST)]

    # Lines that suppliers may have first: whole from them, else whole from us, else what they have and then ours.
    first = theirs([*only, *ahead])
    missing = {k: q for k, q in (first.short if first else {}).items() if when[k] == FIRST}
    whole = own([wanting[k] for k in missing])
    ours = [wanting[k] for k in missing if whole and not whole.short.get(k)]
    if ours:
        ahead = [d for d in ahead if d not in ours]
        first = theirs([*only, *ahead])
        missing = {k: q for k, q in (first.short if first else {}).items() if when[k] == FIRST}
    own_plan = own([*rest, *ours, *_left(wanting, missing)])

    # Lines that they may have when we cannot: whole from us, else whole from them, else ours and then theirs.
    short = {k: q for k, q in (own_plan.short if own_plan else {}).items() if _when(wanting[k], offers) == "own_first"}
    if short:
        whole = theirs([wanting[k] for k in short])
        away = {k for k in short if whole and not whole.short.get(k)}
        own_plan = own([d for d in (*rest, *ours, *_left(wanting, missing)) if d.line_id not in away])
        still = {k: own_plan.short[k] for k in short if own_plan and k in own_plan.short}
        second = theirs([*only, *ahead, *(wanting[k] for k in sorted(away)), *_left(wanting, still)])
    else:
        second = first
    return _joined(demands, own_plan, second)


def _when(d: Demand, offers: Offers) -> str:
    """What holds for the line: the strictest of what is said of its product; empty when nobody sends it."""
    said = {offer.when for offer in offers.get(d.product_id, ())} if not d.parts else set()
    return next((one for one in (ONLY, FIRST, "own_first") if one in said), "")


def _left(wanting: Mapping[int, Demand], units: Mapping[int, int]) -> list[Demand]:
    return [replace(wanting[k], qty=q) for k, q in units.items() if q]


def _ask(
    wanted: Sequence[Demand], stock: Stock, offers: Offers, facts: Facts, world: World, excluded: Collection[int]
) -> RoutingPlan:
    """Plan over suppliers alone, those preferred for more of it first."""
    needed: dict[int, int] = {}
    for d in wanted:
        needed[d.product_id] = needed.get(d.product_id, 0) + d.qty
    asked: dict[int, list[Offer]] = {}
    for product in needed:
        for offer in offers.get(product, ()):
            asked.setdefault(offer.location_id, []).append(offer)
    turn = sorted(asked, key=lambda place: (-sum(o.is_preferred for o in asked[place]), place))
    shelf = {
        (o.product_id, place): max(0, stock.get((o.product_id, place), 0)) if needed[o.product_id] >= o.min_qty else 0
        for place in turn for o in asked[place]
    }  # fmt: skip
    seen = [_look(world.places[place], asked[place], needed, shelf, facts, excluded) for place in turn]
    chosen, short = share_out(wanted, needed, [c for c in seen if c.verdict == "possible"], shelf, SHIPS)
    sending = {a.location_id for a in chosen}
    candidates = tuple(c._replace(verdict="chosen") if c.place.id in sending else c for c in seen)
    names = [c.place.name for c in candidates if c.verdict == "chosen"]
    reason = (
        f"{_listed(names)} {'send' if len(names) > 1 else 'sends'} it to the customer"
        if names
        else "no supplier may send it"
    )
    return RoutingPlan(chosen, short, reason, SHIPS, candidates)


def _look(
    place: Place, offered: Sequence[Offer], needed: Mapping[int, int], shelf: Stock, facts: Facts, excluded: Collection[int]
) -> Candidate:  # fmt: skip
    has, lacks = 0, []
    for product, qty in needed.items():
        there = shelf.get((product, place.id), 0)
        has += min(qty, there)
        if there < qty:
            lacks.append((product, there, qty))
    verdict, detail = "possible", ""
    countries = offered[0].countries
    if place.id in excluded:
        verdict = "refused"
    elif countries and facts.country not in countries:
        verdict, detail = "country", f"only to {', '.join(countries)}"
    elif few := [o for o in offered if needed[o.product_id] < o.min_qty]:
        verdict, detail = ("few", f"than {few[0].min_qty}") if not has else ("possible", "")
    elif not has:
        verdict = "empty"
    return Candidate(place, verdict, detail, None, has, tuple(lacks))


def _joined(demands: Sequence[Demand], own: RoutingPlan | None, theirs: RoutingPlan | None) -> RoutingPlan:
    plans = [plan for plan in (own, theirs) if plan is not None]
    sending = [plan for plan in plans if plan.assignments] or plans
    got: dict[int, int] = {}
    merged: dict[tuple[int, int], Assignment] = {}
    for a in (a for plan in plans for a in plan.assignments):
        got[a.line_id] = got.get(a.line_id, 0) + a.qty
        key = (a.line_id, a.location_id)
        merged[key] = replace(a, qty=a.qty + merged[key].qty) if key in merged else a
    short = {d.line_id: d.qty - got.get(d.line_id, 0) for d in demands if d.qty > got.get(d.line_id, 0)}
    candidates = sorted((c for plan in plans for c in plan.candidates), key=lambda c: c.verdict != "chosen")
    return RoutingPlan(
        tuple(merged.values()), short, "; ".join(plan.reason for plan in sending), sending[0].rule, tuple(candidates),
        own.passed if own else (),
    )  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
