"""Take what an order wants off the shelves of some places, one after the other."""

from collections.abc import Sequence

from inventory.routing.facts import Assignment, Demand, Stock


def fill(
    demands: Sequence[Demand], places: Sequence[int], stock: Stock
) -> tuple[tuple[Assignment, ...], dict[int, int]]:
    """Assignments and what is left over {line id: units}. A kit is taken whole from one place, or not at all."""
    # Plain loops: this runs once per order of an import.
    products = {product for d in demands for product, _ in d.each}
    left = {(product, place): stock.get((product, place), 0) for place in places for product in products}
    chosen: list[Assignment] = []
    short: dict[int, int] = {}
    for d in demands:
        missing = d.qty
        for place in places:
            take = min(missing, min(left[product, place] // each for product, each in d.each))
            if take > 0:
                chosen.append(Assignment(d.line_id, d.product_id, place, take, d.parts))
                for product, each in d.each:
                    left[product, place] -= take * each
                missing -= take
        if missing:
            short[d.line_id] = missing
    return tuple(chosen), short
