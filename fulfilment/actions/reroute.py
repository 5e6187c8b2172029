"""Take promised units away from one location and look for them elsewhere."""

from collections.abc import Collection, Mapping

from inventory.actions.release import release_at
from inventory.actions.reserve import Reserved, reserve_orders
from inventory.locks import lock_for_moving
from inventory.models import Allocation, Occasion
from inventory.routing.plan import Demand
from orders.actions.progress import report_quantities
from orders.capture.catalogue import locations_for
from orders.models import Order
from orders.sending import demands_of, refused_places


def refused_by(order: Order) -> frozenset[int]:
    """The places that rejected this order; they are never asked again."""
    return refused_places([order.number]).get(order.number, frozenset())


def lock_the_move(order: Order, *, away_from: Collection[int], product_ids: Collection[int]) -> None:
    """Lock the stock rows that `free_here`, `reserve_elsewhere` and the opening of work may touch; before all of them.

    Opening work moves what was promised at refused places meanwhile, so those are taken along.
    """
    left = {*away_from, *refused_by(order)}
    stuck = Allocation.objects.filter(order_number=order.number, kind="hard", location_id__in=left)
    products = {*product_ids, *stuck.values_list("product_id", flat=True)}
    lock_for_moving(order.number, product_ids=products, location_ids={*left, *locations_for(order.channel)})


def free_here(order: Order, location_id: int, units: Mapping[int, int]) -> None:
    """Give back the hard promises of `units` {line id: units} at the location."""
    release_at(order.number, {(line_id, location_id): qty for line_id, qty in units.items()})


def reserve_elsewhere(
    order: Order, units: Mapping[int, tuple[int, int]], *, away_from: Collection[int], picked: Mapping[int, int],
    occasion: str = Occasion.REJECTED,
) -> Reserved:  # fmt: skip
    """Promise `units` {line id: (product id, units)} at other locations, by the live policy; what nobody has waits as a back-order.

    `picked` {line id: units} were counted as picked at the old place. The order is brought up to date; its stock at the
    old place must be free already, under `lock_the_move`. Opening the work is left to the caller.
    """
    demands = tuple(Demand(line_id, product_id, qty) for line_id, (product_id, qty) in units.items())
    wanted = demands_of(order, demands, excluded=away_from)
    got = reserve_orders(wanted, kind="hard", occasion=occasion)[order.number]
    deltas = {
        line_id: {
            "allocated": got.held.get(line_id, 0) - qty,
            "backordered": got.short.get(line_id, 0),
            "picked": -picked.get(line_id, 0),
        }
        for line_id, (_, qty) in units.items()
    }
    report_quantities(order, deltas)
    return got
