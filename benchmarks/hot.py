"""Promises per second, each its own SKU or all of them the same one, by more and more clients at once.

Three things, each beside pgbench: an order captured through the application, with its claim alone; and the stock action
that promises one line, with the very statements it sends.
"""

import os
import random
import re
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from benchmarks import ceiling, crowd, recorded, shop
from benchmarks.scratch import conditions

CLIENTS = (1, 8, 16, 64)
FIRST_LINE, LAST_LINE = 1_000_000_001, 1_000_000_000_000  # of lines that nobody has


def measure(var: Path, seconds: float, rounds: int) -> None:
    place = shop.make()
    _let_promises_stand_alone()
    print(f"hot: orders captured, and promises made, through the application and by pgbench. {conditions()}")
    for turn in range(rounds):
        print(f"\n{f'round {turn + 1} of {rounds}':<16}{'app own':>9}{'app hot':>9}{'share':>7}{'p99 ms':>8}"
              f"{'claim own':>11}{'claim hot':>11}{'share':>7}{'app/claim hot':>15}")  # fmt: skip
        for clients in CLIENTS:
            own, _ = _application(_orders, clients, seconds, place, hot=False)
            hot, p99 = _application(_orders, clients, seconds, place, hot=True)
            alone = ceiling.pgbench(_claim(place, hot=False), clients, seconds, var)
            together = ceiling.pgbench(_claim(place, hot=True), clients, seconds, var)
            print(f"{clients:>3} clients     {own:>9.0f}{hot:>9.0f}{hot / own:>7.0%}{p99 * 1000:>8.0f}"
                  f"{alone:>11.0f}{together:>11.0f}{together / alone:>7.0%}{hot / together:>15.0%}")  # fmt: skip
        said = _script(place)
        print(f"\n{'one line promised':<18}{'own':>7}{'ceiling':>9}{'share':>7}{'hot':>9}{'ceiling':>9}{'share':>7}{'p99 ms':>8}"
              f"{'hot/own':>9}")  # fmt: skip
        for clients in CLIENTS:
            own, _ = _application(_promises, clients, seconds, place, hot=False)
            own_top = ceiling.pgbench(_picking(place, hot=False) + said, clients, seconds, var)
            hot, p99 = _application(_promises, clients, seconds, place, hot=True)
            hot_top = ceiling.pgbench(_picking(place, hot=True) + said, clients, seconds, var)
            print(f"{clients:>3} clients       {own:>7.0f}{own_top:>9.0f}{own / own_top:>7.0%}{hot:>9.0f}{hot_top:>9.0f}"
                  f"{hot / hot_top:>7.0%}{p99 * 1000:>8.0f}{hot / own:>9.0%}")  # fmt: skip
    _prove()


def _let_promises_stand_alone() -> None:
    """A promise alone has no order line: neither pgbench nor the action makes one, so the key to it is dropped."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'inventory_allocation'::regclass AND contype = 'f' "
            "AND confrelid = 'orders_orderline'::regclass"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE inventory_allocation DROP CONSTRAINT "{name}"')


def _claim(place: shop.Shop, *, hot: bool) -> str:
    """`ledger.claiming` as pgbench sends it: one line of one unit, with a line id nobody has."""
    from inventory.ledger import claiming

    product = str(place.first_product) if hot else ":product"
    values = ["ARRAY[:line]", "ARRAY['PB-' || :line]", f"ARRAY[{product}]", f"ARRAY[{place.location}]", "ARRAY[1]",
              "ARRAY['bench']", "ARRAY[]", "ARRAY[]", "'soft'", "NULL", "now()"]  # fmt: skip
    sql = claiming("soft")
    assert sql.count("%s") == len(values)
    for value in values:
        sql = sql.replace("%s", value, 1)
    one_line = re.sub(r"\s+", " ", sql).strip()
    picks = f"\\set product {place.first_product} + random(0, {shop.PRODUCTS - 1})\n\\set line 1000000000 + random(1, 1000000000000)"
    return f"{picks}\nBEGIN;\n{one_line};\nEND;\n"


def _picking(place: shop.Shop, *, hot: bool) -> str:
    """What is drawn by lot for each promise: a SKU, and the line that nobody has."""
    product = (
        f"{place.first_product}" if hot else f"random({place.first_product}, {place.first_product + shop.PRODUCTS - 1})"
    )
    return f"\\set product {product}\n\\set line random({FIRST_LINE}, {LAST_LINE})\n"


def _script(place: shop.Shop) -> str:
    """One promise as the action makes it, every statement of it, for any SKU and line."""
    product, line = place.first_product + 7, FIRST_LINE - 1
    _promise(place, product, line - 1)  # what is asked once a second at most is known now
    said = recorded.statements(lambda: _promise(place, product, line))
    return recorded.script(said, {line: ":line", product: ":product"})


def _application(make: Callable, clients: int, seconds: float, place: shop.Shop, *, hot: bool) -> tuple[float, float]:
    """How many per second, and the 99th percentile of one, with so many threads at work."""
    times = sorted(t for found in crowd.run(clients, make, seconds, place, hot) for t in found)
    return len(times) / seconds, times[int(len(times) * 0.99)] if times else 0.0


def _repeat(act: Callable[[int], None], seed: int, seconds: float) -> list[float]:
    """Do it until the time is over; how long each took."""
    found, n, until = [], seed * 131 + os.getpid(), time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        n += 7
        act(n)
        found.append(time.perf_counter() - began)
    return found


def _orders(seed: int, seconds: float, place: shop.Shop, hot: bool) -> Callable[[], list[float]]:
    from orders.models import Channel

    channel = Channel.objects.get(code=place.channel)
    _one(channel, hot, 0)  # what is read once is read
    return partial(_repeat, partial(_one, channel, hot), seed, seconds)


def _promises(seed: int, seconds: float, place: shop.Shop, hot: bool) -> Callable[[], list[float]]:
    dice = random.Random(f"{seed}-{os.getpid()}-{time.time()}")

    def act(n: int) -> None:
        _promise(place, place.first_product + (0 if hot else n % shop.PRODUCTS), dice.randint(FIRST_LINE, LAST_LINE))

    act(0)
    return partial(_repeat, act, seed, seconds)


def _promise(place: shop.Shop, product: int, line: int) -> None:
    """Reserve one unit for one line, in a transaction of its own."""
    from datetime import timedelta

    from django.db import transaction

    from inventory.actions.reserve import OrderDemand, reserve_orders
    from inventory.routing.facts import Facts
    from inventory.routing.plan import Demand
    from oms.kernel.clock import now

    facts = Facts(place.channel, "IN", "Maharashtra", "400001", total=Decimal(100), currency="INR", at=now())
    wanted = OrderDemand(f"PB-{line}", (Demand(line, product, 1),), (place.location,), facts)
    with transaction.atomic():
        got = reserve_orders([wanted], kind="soft", expires_at=now() + timedelta(hours=24))
    assert got[wanted.order_number].held == {line: 1}, got


def _one(channel, hot: bool, n: int) -> None:
    import uuid

    from oms.kernel.clock import now
    from orders.actions.capture import capture_orders
    from orders.channels.draft import AddressDraft, LineDraft, OrderDraft

    sku = shop.sku(0 if hot else n % shop.PRODUCTS)
    home = AddressDraft(
        name="Buyer", line1="12 Example Road", city="Mumbai", state="Maharashtra", postal_code="400001", country="IN"
    )
    draft = OrderDraft(
        external_id=uuid.uuid4().hex, placed_at=now(), currency="INR", customer_name="Buyer", email=f"buyer{n % 300}@example.test",
        phone="", ship_to=home, lines=(LineDraft(sku, sku, 1, Decimal(100)),),
    )  # fmt: skip
    (got,) = capture_orders([draft], channel=channel, actor="system")
    assert got.outcome == "created", got


def _prove() -> None:
    """Every unit promised has its allocation, and no level is oversold."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(reserved) FROM inventory_stocklevel), (SELECT sum(qty) FROM inventory_allocation), "
            "(SELECT count(*) FROM inventory_stocklevel WHERE available < 0)"
        )
        reserved, promised, oversold = cursor.fetchone()
    right = reserved == promised and not oversold
    print(f"\nbooks: {reserved} reserved, {promised} promised, {oversold} oversold: {'right' if right else 'WRONG'}")
    if not right:
        raise SystemExit(1)
