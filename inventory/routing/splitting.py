"""Share an order out over places that are in order: everything from one, or as few as can be."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from inventory.routing.facts import Assignment, Candidate, Demand, Rule, Split, Stock
from inventory.routing.filling import fill

PAIRED = 12  # so many places are tried two and three at a time; beyond them the fullest is taken, then the next


def share_out(
    demands: Sequence[Demand], needed: Mapping[int, int], order: Sequence[Candidate], stock: Stock, rule: Rule
) -> tuple[tuple[Assignment, ...], dict[int, int]]:
    """Assignments and what is left over {line id: units}; `order` are the places that may send, best first."""
    return fill(demands, _which(demands, needed, order, stock, rule), stock)


def _which(
    demands: Sequence[Demand], needed: Mapping[int, int], order: Sequence[Candidate], stock: Stock, rule: Rule
) -> list[int]:
    """Ids of the places that share the order, the one that sends most first when a split is to be avoided."""
    if not order:
        return []
    if rule.split == Split.FREE:
        return [c.place.id for c in order[: rule.max_places]]
    if whole := next((c for c in order if not c.short), None):
        return [whole.place.id]
    if rule.split == Split.NEVER:
        return [max(order, key=lambda c: c.has).place.id]
    if any(d.parts for d in demands):
        # Loose components of a kit at two places are no kit: only filling tells what some places can send.
        units = sum(d.qty for d in demands)
        return _fewest(order, rule.max_places, lambda some: units - sum(fill(demands, some, stock)[1].values()))
    return _fewest(order, rule.max_places, lambda some: _covered(needed, some, stock))


def _fewest(order: Sequence[Candidate], most: int | None, covered: Callable[[Sequence[int]], int]) -> list[int]:
    """The smallest group of places that sends all that can be sent; of equal ones the best ranked."""
    by_units = sorted(range(len(order)), key=lambda i: -order[i].has)  # stable: ties by rank
    places = [order[i].place.id for i in range(len(order))]
    goal = covered(places)
    limit = min(most or len(order), len(order))
    for size in (2, 3):
        if size > limit:
            break
        best: tuple[int, tuple[int, ...]] | None = None
        for group in combinations(sorted(by_units[:PAIRED]), size):
            if covered([places[i] for i in group]) == goal and (best is None or sum(group) < best[0]):
                best = sum(group), group
        if best:
            return [places[i] for i in sorted(best[1], key=lambda i: -order[i].has)]
    chosen: list[int] = []
    while len(chosen) < limit and covered(chosen) < goal:
        rest = [p for p in places if p not in chosen]
        chosen.append(max(rest, key=lambda p: covered([*chosen, p])))
    return chosen


def _covered(needed: Mapping[int, int], places: Sequence[int], stock: Stock) -> int:
    return sum(min(qty, sum(stock.get((p, place), 0) for place in places)) for p, qty in needed.items())
