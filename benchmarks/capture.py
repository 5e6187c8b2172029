"""Orders per second over HTTP, single and in batches of 100, beside pgbench writing the same rows."""

import json
import uuid
from pathlib import Path

from benchmarks import ceiling, load, shop
from benchmarks.scratch import conditions, free_port, web

CLIENTS, BATCH = (1, 8, 16), 100
BEFORE = 3000  # orders in the book before the clock starts
SAMPLE = "sample"
EXPECTED = 1500  # single requests prepared per second of a run; more than any run uses


def measure(var: Path, seconds: float, rounds: int) -> None:
    place = shop.make()
    print(f"capture: 3-line orders with reservation, event, history and idempotency key. {conditions()}")
    with web(port := free_port()):
        number = _warm(port, place)
        _fill(port, place)
        text = ceiling.script(number, f"{SAMPLE}-0", place)
        for turn in range(rounds):
            _round(var, port, place, text, seconds, f"round {turn + 1} of {rounds}")
    _prove()


def _round(var: Path, port: int, place: shop.Shop, text: str, seconds: float, title: str) -> None:
    print(f"\n{title:<18}{'orders/s':>10}{'ceiling':>10}{'share':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for clients in CLIENTS:
        top = ceiling.pgbench(text, clients, seconds, var)
        for name, size in (("single", 1), (f"batch of {BATCH}", BATCH)):
            found = load.run(port, _requests(place, size, seconds), clients, seconds)
            if found.failed:
                raise SystemExit(f"a request failed: {found.failed}")
            rate = found.per_second() * size
            print(
                f"{name:<13}{clients:>3} cl{rate:>9.0f}{top:>10.0f}{rate / top:>8.1%}{found.at(0.5):>9.1f}{found.at(0.95):>9.1f}"
            )


def _requests(place: shop.Shop, size: int, seconds: float) -> list[bytes]:
    run, count = uuid.uuid4().hex[:8], max(40, round(seconds * (EXPECTED if size == 1 else 40)))
    path = "/api/v1/orders" if size == 1 else "/api/v1/orders/batch"
    made = []
    for i in range(count):
        orders = [shop.order(i * size + j, i * size + j, run) for j in range(size)]
        body = json.dumps(orders[0] if size == 1 else {"orders": orders}).encode()
        made.append(load.post(path, place.key, f"{run}-{i}", body))
    return made


def _warm(port: int, place: shop.Shop) -> str:
    """Make every buyer, then fill the caches of both workers; return the number of one single order."""
    run, number = uuid.uuid4().hex[:8], ""
    for start in range(0, shop.BUYERS, BATCH):
        orders = [shop.order(i, i, run) for i in range(start, start + BATCH)]
        _send(load.Connection(port), place, "/api/v1/orders/batch", {"orders": orders}, f"warm-{start}")
    for i in range(60):  # new connections land on either worker
        made = _send(load.Connection(port), place, "/api/v1/orders", shop.order(i, i, f"{run}s"), f"{SAMPLE}-{i}")
        number = number or made["number"]
    return number


def _fill(port: int, place: shop.Shop) -> None:
    """A book of some size and what autovacuum says about it within a minute, then every thread of the server in use.

    Plans made on empty tables read whole tables later; neither the house nor the ceiling shall be measured with those.
    """
    from django.db import connection

    load.run(port, _requests(place, BATCH, 1)[: BEFORE // BATCH], 2, 120)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    load.run(port, _requests(place, 1, 1)[:320], max(CLIENTS), 60)


def _send(connection: load.Connection, place: shop.Shop, path: str, body: dict, once: str) -> dict:
    status, answer = connection.send(load.post(path, place.key, once, json.dumps(body).encode()))
    if status not in (200, 201):
        raise SystemExit(f"the first orders were refused: {status} {answer[:400]!r}")
    return json.loads(answer)


def _prove() -> None:
    """A speed counts only when the books are right: every unit promised has its allocation."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(reserved) FROM inventory_stocklevel), (SELECT sum(qty) FROM inventory_allocation), "
            "(SELECT count(*) FROM orders_order), (SELECT count(DISTINCT stream) FROM events_event), "
            "(SELECT count(*) FROM orders_historicalorder)"
        )
        reserved, allocated, orders, streams, histories = cursor.fetchone()
    right = reserved == allocated and orders == streams == histories
    print(
        f"\nbooks: {orders} orders, {streams} with events, {histories} history rows, "
        f"{reserved} reserved, {allocated} allocated: {'right' if right else 'WRONG'}"
    )
    if not right:
        raise SystemExit(1)
