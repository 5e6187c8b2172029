"""Try a version's examples: does each invented order come from where somebody said it must?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from inventory.geography import point_at
from inventory.models import RoutingExample, RoutingPolicy
from inventory.routebook import policy_of, world
from inventory.routing.facts import Demand, Facts, World
from inventory.routing.plan import RoutingPlan, plan_order
from oms.kernel.clock import now
from orders.capture.catalogue import serving
from orders.models import Channel

GOODS, PLENTY = 0, 100  # an invented product, and how much of it every place has


@dataclass(frozen=True)
class Tried:
    """One example and what came of it. `found` is the name of the place, empty when the order would wait."""

    example: RoutingExample
    expected: str
    found: str
    rule: str
    reason: str
    passes: bool


def try_examples(policy: RoutingPolicy, examples: Iterable[RoutingExample] | None = None) -> list[Tried]:
    """Every example of the version, planned by its rules as they stand now."""
    rows = list(policy.examples.all() if examples is None else examples)
    if not rows:
        return []
    rules, known = policy_of(policy.pk), world()
    names = {place.code: place.name for place in known.places.values()}
    active = {place.code: pk for pk, place in known.places.items() if not place.is_supplier}
    channels = {channel.code: channel for channel in Channel.objects.all()}
    tried = []
    for row in rows:
        facts = facts_of_example(row)
        channel = channels.get(facts.channel)
        places = serving(channel, active) if channel else tuple(active.values())
        stock = {(GOODS, pk): 0 if known.places[pk].code in row.without else PLENTY for pk in places}
        found = _plan(rules, facts, places, stock, known)
        codes = [known.places[pk].code for pk in found.places]
        tried.append(
            Tried(
                row, names.get(row.expected, row.expected), ", ".join(names[c] for c in codes), found.rule.name, found.reason,
                codes == ([row.expected] if row.expected else []),
            )
        )  # fmt: skip
    return tried


def facts_of_example(row: RoutingExample) -> Facts:
    """What the rules are asked about the invented order."""
    given = row.facts
    try:
        total = Decimal(str(given.get("total") or 0))
    except InvalidOperation:
        total = Decimal(0)
    return Facts(
        given.get("channel", ""), given.get("country", ""), given.get("state", ""), given.get("postal_code", ""),
        frozenset(given.get("tags", [])), total, given.get("currency", ""), now(),
    )  # fmt: skip


def _plan(rules, facts: Facts, places: tuple[int, ...], stock: dict, known: World) -> RoutingPlan:
    idle = World(known.places, known.freight)  # an example says nothing of how full a place is today
    point = point_at(facts.country, facts.postal_code) if rules.asks_distance else None
    asked = [known.places[pk] for pk in places]
    return plan_order([Demand(1, GOODS, 1)], asked, stock, facts=facts, policy=rules, point=point, world=idle)
