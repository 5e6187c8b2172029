"""Put the places that may send in order: the lower the score, the better."""

from collections.abc import Sequence

from inventory.routing.distance import km
from inventory.routing.facts import Candidate, Facts, Place, Point, Rule, Stock, Strategy, World


def score(
    strategy: Strategy, place: Place, *, has: int, wants: Sequence[tuple[int, int]], stock: Stock, facts: Facts,
    point: Point | None, world: World,
) -> float | None:  # fmt: skip
    """Kilometres, freight, units, or steps away; None when it cannot be told. What is ranked has no score."""
    if strategy is Strategy.RANKED:
        return None
    match strategy:
        case Strategy.NEAREST:
            return None if point is None or place.point is None else round(km(place.point, point), 1)
        case Strategy.CHEAPEST:
            return _freight(place, facts, world)
        case Strategy.MOST_STOCK:
            return float(sum(stock.get((product, place.id), 0) for product, _ in wants))
        case Strategy.FEWEST_SPLITS:
            return float(has)
        case Strategy.REGION:
            same_state = bool(facts.state) and place.state.strip().casefold() == facts.state.strip().casefold()
            return (
                0.0 if place.country == facts.country and same_state else 1.0 if place.country == facts.country else 2.0
            )
        case _:
            return None


MORE_IS_BETTER = (Strategy.MOST_STOCK, Strategy.FEWEST_SPLITS)


def ranked(candidates: Sequence[Candidate], rule: Rule) -> list[Candidate]:
    """The candidates, best first; ties and unknown scores in the order of the rule's places, else as they came."""
    turn = {code: at for at, code in enumerate(rule.places)}
    sign = -1 if rule.strategy in MORE_IS_BETTER else 1

    def key(item: tuple[int, Candidate]) -> tuple[bool, float, int]:
        at, c = item
        place = turn.get(c.place.code, len(turn) + at)
        return (c.score is None, 0.0 if c.score is None else sign * c.score, place)

    return [c for _, c in sorted(enumerate(candidates), key=key)]


def _freight(place: Place, facts: Facts, world: World) -> float | None:
    code = facts.postal_code.replace(" ", "").upper()
    for price in world.freight.get(place.id, ()):
        if price.country == facts.country and code.startswith(price.prefix):
            return float(price.amount)
    return None
