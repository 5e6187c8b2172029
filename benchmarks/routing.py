"""Planning by itself: orders planned per second over 4 and over 200 places, and the memory it takes. No database."""

import time
import tracemalloc
from pathlib import Path
from random import Random

from benchmarks.scratch import conditions

ORDERS, PRODUCTS = 10_000, 500
SIZES = (4, 200)


def measure(var: Path, seconds: float, rounds: int) -> None:
    from inventory.routing.facts import Policy, Rule, Strategy

    print(f"routing: {ORDERS} orders of 1 to 4 lines planned by the pure engine. {conditions()}")
    print(f"\n{'policy':<16}{'places':>7}{'per CPU s':>10}{'split':>8}{'short':>8}{'peak MB':>9}")
    policies = [
        (s.value, Policy((Rule(1, s.value, strategy=s),)))
        for s in (Strategy.RANKED, Strategy.NEAREST, Strategy.FEWEST_SPLITS)
    ]
    for _ in range(rounds):
        for places in SIZES:
            for name, policy in policies:
                rate, split, short = _plan_all(places, policy)
                peak = _peak(places, policy)
                print(f"{name:<16}{places:>7}{rate:>10.0f}{split:>8.1%}{short:>8.1%}{peak:>9.1f}")


def _plan_all(count: int, policy) -> tuple[float, float, float]:
    places, stock, orders = _world(count)
    world = _known(places)
    began = time.process_time()
    splits = shorts = 0
    for facts, point, demands in orders:
        plan = _plan(demands, places, stock, facts, policy, point, world)
        splits += len(plan.places) > 1
        shorts += bool(plan.short)
        for a in plan.assignments:
            stock[a.product_id, a.location_id] -= a.qty
    return ORDERS / (time.process_time() - began), splits / ORDERS, shorts / ORDERS


def _peak(count: int, policy) -> float:
    """Most memory of planning a thousand orders beyond what places, stock and orders take, in MB."""
    places, stock, orders = _world(count)
    world = _known(places)
    tracemalloc.start()
    for facts, point, demands in orders[:1000]:
        _plan(demands, places, stock, facts, policy, point, world)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _plan(demands, places, stock, facts, policy, point, world):
    from inventory.routing.plan import plan_order

    return plan_order(demands, places, stock, facts=facts, policy=policy, point=point, world=world)


def _known(places):
    from inventory.routing.facts import World

    return World({p.id: p for p in places})


def _world(count: int):
    """Places and buyers spread over India; stock of which an order finds everything at one place more often than not."""
    from inventory.routing.facts import Demand, Facts, Place

    random = Random(4)
    places = [
        Place(i, f"p{i}", f"Place {i}", "IN", f"State {i % 20}", (random.uniform(9, 30), random.uniform(70, 88)))
        for i in range(1, count + 1)
    ]
    each = max(2, 40_000 // (count * 10))
    stock = {
        (p, place.id): random.randrange(0, each) for p in range(PRODUCTS) for place in places if random.random() < 0.7
    }
    points = [(random.uniform(9, 30), random.uniform(70, 88)) for _ in range(2000)]
    orders = []
    for n in range(ORDERS):
        lines = random.choice((1, 1, 2, 4))
        demands = [Demand(i, random.randrange(PRODUCTS), random.choice((1, 1, 1, 2))) for i in range(lines)]
        orders.append((Facts("web", "IN", f"State {n % 20}"), random.choice(points), demands))
    return places, stock, orders
