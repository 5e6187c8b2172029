"""Share an order out over places that are in order: everything from one, or as few as can be."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from inventory.routing.facts import Assignment, Candidate, Demand, Rule, Split, Stock

PAIRED = 12  # so many places are tried two and three at a time; beyond them the fullest is taken, then the next


def share_out(
    demands: Sequence[Demand], needed: Mapping[int, int], order: Sequence[Candidate], stock: Stock, rule: Rule
) -> tuple[tuple[Assignment, ...], dict[int, int]]:
    """Assignments and what is left over {line id: units}; `order` are the places that may send, best first."""
    places = _which(needed, order, stock, rule)
    # Plain loops: this runs once per order of an import.
    left = {(product, place): stock.get((product, place), 0) for place in places for product in needed}
    chosen: list[Assignment] = []
    short: dict[int, int] = {}
    for d in demands:
        missing = d.qty
        for place in places:
            take = min(missing, left[d.product_id, place])
            if take > 0:
                chosen.append(Assignment(d.line_id, d.product_id, place, take))
                left[d.product_id, place] -= take
                missing -= take
        if missing:
            short[d.line_id] = missing
    return tuple(chosen), short


def _which(needed: Mapping[int, int], order: Sequence[Candidate], stock: Stock, rule: Rule) -> list[int]:
    """Ids of the places that share the order, the one that sends most first when a split is to be avoided."""
    if not order:
        return []
    if rule.split == Split.FREE:
        return [c.place.id for c in order[: rule.max_places]]
    if whole := next((c for c in order if not c.short), None):
        return [whole.place.id]
    if rule.split == Split.NEVER:
        return [max(order, key=lambda c: c.has).place.id]
    return _fewest(needed, order, stock, rule.max_places)


def _fewest(needed: Mapping[int, int], order: Sequence[Candidate], stock: Stock, most: int | None) -> list[int]:
    """The smallest group of places that sends all that can be sent; of equal ones the best ranked."""
    by_units = sorted(range(len(order)), key=lambda i: -order[i].has)  # stable: ties by rank
    places = [order[i].place.id for i in range(len(order))]
    goal = sum(min(qty, sum(stock.get((p, place), 0) for place in places)) for p, qty in needed.items())
    limit = min(most or len(order), len(order))
    for size in (2, 3):
        if size > limit:
            break
        best: tuple[int, tuple[int, ...]] | None = None
        for group in combinations(sorted(by_units[:PAIRED]), size):
            if _covered(needed, [places[i] for i in group], stock) == goal and (best is None or sum(group) < best[0]):
                best = sum(group), group
        if best:
            return [places[i] for i in sorted(best[1], key=lambda i: -order[i].has)]
    chosen: list[int] = []
    while len(chosen) < limit and _covered(needed, chosen, stock) < goal:
        rest = [p for p in places if p not in chosen]
        chosen.append(max(rest, key=lambda p: _covered(needed, [*chosen, p], stock)))
    return chosen


def _covered(needed: Mapping[int, int], places: Sequence[int], stock: Stock) -> int:
    return sum(min(qty, sum(stock.get((p, place), 0) for place in places)) for p, qty in needed.items())
