"""Promises per second, each order its own SKU or all of them the same one: the application beside pgbench with its SQL."""

import multiprocessing
import os
import re
import threading
import time
from decimal import Decimal
from pathlib import Path

from benchmarks import ceiling, shop
from benchmarks.scratch import conditions

CLIENTS = (1, 8, 16, 64)
PROCESSES = 4  # the application's threads are spread over so many, as its web processes would be


def measure(var: Path, seconds: float, rounds: int) -> None:
    place = shop.make()
    _let_claims_stand_alone()
    print(f"hot: one-line orders captured through the application, and its claim alone from pgbench. {conditions()}")
    for turn in range(rounds):
        print(f"\n{f'round {turn + 1} of {rounds}':<16}{'app own':>9}{'app hot':>9}{'share':>7}{'p99 ms':>8}"
              f"{'claim own':>11}{'claim hot':>11}{'share':>7}{'app/claim hot':>15}")  # fmt: skip
        for clients in CLIENTS:
            own, _ = _application(clients, seconds, hot=False)
            hot, p99 = _application(clients, seconds, hot=True)
            alone = ceiling.pgbench(_claim(place, hot=False), clients, seconds, var)
            together = ceiling.pgbench(_claim(place, hot=True), clients, seconds, var)
            print(f"{clients:>3} clients     {own:>9.0f}{hot:>9.0f}{hot / own:>7.0%}{p99 * 1000:>8.0f}"
                  f"{alone:>11.0f}{together:>11.0f}{together / alone:>7.0%}{hot / together:>15.0%}")  # fmt: skip
    _prove()


def _let_claims_stand_alone() -> None:
    """pgbench makes no order lines: without the key of allocations to lines it writes the promise alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'inventory_allocation'::regclass AND contype = 'f' "
            "AND confrelid = 'orders_orderline'::regclass"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE inventory_allocation DROP CONSTRAINT "{name}"')


def _claim(place: shop.Shop, *, hot: bool) -> str:
    """`ledger.CLAIM` as pgbench sends it: one line of one unit, with a line id nobody has."""
    from inventory.ledger import CLAIM, ENOUGH, LEAVES

    product = str(place.first_product) if hot else ":product"
    values = ["ARRAY[:line]", "ARRAY['PB-' || :line]", f"ARRAY[{product}]", f"ARRAY[{place.location}]", "ARRAY[1]",
              "ARRAY['bench']", "ARRAY[]", "ARRAY[]", "'soft'", "NULL", "now()"]  # fmt: skip
    sql = CLAIM.format(counter="reserved", enough=ENOUGH, leaves=LEAVES)
    assert sql.count("%s") == len(values)
    for value in values:
        sql = sql.replace("%s", value, 1)
    one_line = re.sub(r"\s+", " ", sql).strip()
    picks = f"\\set product {place.first_product} + random(0, {shop.PRODUCTS - 1})\n\\set line 1000000000 + random(1, 1000000000000)"
    return f"{picks}\nBEGIN;\n{one_line};\nEND;\n"


def _application(clients: int, seconds: float, *, hot: bool) -> tuple[float, float]:
    """Orders per second and the 99th percentile of one, with so many threads at work."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue = context.Queue()
    shares = [len(range(i, clients, PROCESSES)) for i in range(PROCESSES)]
    ready = context.Barrier(sum(1 for share in shares if share))
    workers = [
        context.Process(target=_worker, args=(share, seconds, hot, results, ready), daemon=True)
        for share in shares
        if share
    ]
    for worker in workers:
        worker.start()
    times = [t for _ in workers for t in results.get()]
    for worker in workers:
        worker.join()
    return len(times) / seconds, sorted(times)[int(len(times) * 0.99)] if times else 0.0


def _worker(threads: int, seconds: float, hot: bool, results, ready) -> None:
    import django

    django.setup()
    from orders.models import Channel

    channel, found = Channel.objects.get(code="bench"), []
    _one(channel, hot, 0)  # what is read once is read
    ready.wait()
    until = time.perf_counter() + seconds
    pool = [threading.Thread(target=_loop, args=(channel, hot, until, found, n)) for n in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    results.put(found)


def _loop(channel, hot: bool, until: float, found: list[float], seed: int) -> None:
    from django.db import connection

    try:
        n = seed * 131 + os.getpid()
        while (began := time.perf_counter()) < until:
            n += 7
            _one(channel, hot, n)
            found.append(time.perf_counter() - began)
    finally:
        connection.close()


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
