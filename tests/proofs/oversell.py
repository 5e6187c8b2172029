"""C-01: a rush for a thousand units through every way in at once: the API, its batches, the staff form, and imported files.

Real requests to the web server as the house runs it, and importing processes beside it. Who is told to come again comes
again with the same key, as any careful client does.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import md5
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from benchmarks import crowd, load
from benchmarks.scratch import free_port, web
from inventory.actions.adjust import receive_stock
from inventory.models import Allocation, Backorder, Product, StockLevel
from oms.kernel.db import retrying
from orders.imports.apply import import_file
from orders.models import Channel, OrderLine
from tests.api.test_orders_api import BATCH as BATCH_URL
from tests.api.test_orders_api import URL, body, issue
from tests.concurrency.last_units import without_the_check
from tests.conftest import make_shop, person
from tests.orders.desk import desk, signed_in, typed
from tests.orders.imports.rows import HEADER, row
from tests.proofs.doctor import deliver, examine
from tests.proofs.verdict import Verdict, say

NAME, UNITS = "oversell", 1000
CLIENTS = {"api": 24, "batch": 8, "form": 24, "file": 8}
PARTS = {"api": 12, "batch": 40, "form": 4, "file": 44}  # of a hundred attempts
TOGETHER = {"api": 1, "batch": 50, "form": 1, "file": 500}  # attempts in one request, or in one file
TRIES = 50
MOST_SHOWN = 5


@dataclass
class Tally:
    """What the clients of one rush heard."""

    answers: Counter = field(default_factory=Counter)  # by kind and status; a file counts as one answer
    again: Counter = field(default_factory=Counter)  # why something was sent once more
    acknowledged: int = 0  # attempts of which a client was told that there is an order
    wrong: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)


def prove(var: Path, attempts: int, seeds: list[int]) -> list[Verdict]:
    """One rush per seed in a book that grows, then the control."""
    make_shop()
    desk()
    Channel.objects.create(code="files", name="Files")
    found: list[Verdict] = []
    with web(port := free_port()):
        house = _house(port, "seller")
        for seed in seeds:
            found += _judge(f"seed {seed}", f"RUSH-{seed}", _rush(house, var, f"RUSH-{seed}", attempts, seed), attempts)
    return [*found, examine(NAME), _control(var)]


@dataclass(frozen=True)
class House:
    """The web server, and everybody's way past its door: a key for programs, signed-in browsers for people."""

    port: int
    key: str
    cookies: tuple[str, ...]


def _house(port: int, people: str) -> House:
    return House(port, issue(), tuple(_cookie(person(f"{people}{n}", "sales")) for n in range(6)))


def _cookie(user: Any) -> str:
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={'c' * 32}"


def _rush(house: House, var: Path, sku: str, attempts: int, seed: int, *, is_guarded: bool = True) -> Tally:
    """Everybody at once; returns when the last attempt was answered."""
    product = Product.objects.create(sku=sku, name=sku.title(), price=100)
    for place, qty in (("pune", UNITS * 6 // 10), ("delhi", UNITS - UNITS * 6 // 10)):
        receive_stock(product.sku, location=place, qty=qty, source=f"opening {sku}", actor="system")
    deliver()
    parcels = {kind: _together(numbers, TOGETHER[kind]) for kind, numbers in _shares(attempts, seed).items()}
    files = [_file(var / f"{sku}-{i}.csv", sku, numbers) for i, numbers in enumerate(parcels.pop("file"))]
    tally, began = Tally(), time.monotonic()
    say(f"{sku}: {attempts:,} attempts by {sum(CLIENTS.values())} clients, {UNITS:,} units ...")
    make = {
        "api": partial(_single, house, sku),
        "batch": partial(_batch, house, sku),
        "form": partial(_form, house, sku),
    }
    with ThreadPoolExecutor(sum(CLIENTS.values())) as pool:
        clients = [pool.submit(crowd.run, CLIENTS["file"], _importer, [str(f) for f in files], is_guarded)]
        for kind, numbers in parcels.items():
            source = _shared(numbers)
            clients += [pool.submit(_client, house.port, kind, make[kind], source, tally) for _ in range(CLIENTS[kind])]
        for answers in clients[0].result():
            for created, state in answers:
                tally.answers["file", state] += 1
                tally.acknowledged += created
        for client in clients[1:]:
            client.result()
    say(
        f"{sku}: {dict(sorted(tally.answers.items()))}, sent again {dict(tally.again)}, {time.monotonic() - began:.0f} s"
    )
    return tally


def _shares(attempts: int, seed: int) -> dict[str, list[int]]:
    numbers, shares, start = list(range(attempts)), {}, 0
    random.Random(seed).shuffle(numbers)
    for kind, part in PARTS.items():
        end = attempts if kind == "file" else start + attempts * part // 100
        shares[kind], start = numbers[start:end], end
    return shares


def _together(numbers: list[int], size: int) -> list[list[int]]:
    return [numbers[i : i + size] for i in range(0, len(numbers), size)]


def _shared(parcels: list[list[int]]) -> Iterator[list[int]]:
    """An iterator that several threads may ask."""
    lock, rest = threading.Lock(), iter(parcels)

    def following() -> list[int] | None:
        with lock:
            return next(rest, None)

    return iter(following, None)


def _single(house: House, sku: str, numbers: list[int]) -> bytes:
    return load.post(URL, house.key, f"{sku}-{numbers[0]}", json.dumps(_order(sku, numbers[0])).encode())


def _batch(house: House, sku: str, numbers: list[int]) -> bytes:
    content = {"orders": [_order(sku, n) for n in numbers]}
    return load.post(BATCH_URL, house.key, f"{sku}-b{numbers[0]}", json.dumps(content).encode())


def _order(sku: str, n: int) -> dict[str, Any]:
    lines = [{"sku": sku, "qty": 1, "unit_price": "100.00"}]
    return body(external_id=_external(sku, n), lines=lines, total="100.00", email=f"{sku}-{n}@example.test".lower())


def _form(house: House, sku: str, numbers: list[int]) -> bytes:
    n = numbers[0]
    data = typed(
        (sku, 1), key=_external(sku, n), contact__phone=f"+91 98{n:08}", contact__email=f"{sku}-{n}@example.test"
    )
    sent = {
        "Cookie": house.cookies[n % len(house.cookies)], "X-CSRFToken": "c" * 32,
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    return load.request("/orders/new/", urlencode(data).encode(), sent)


def _file(path: Path, sku: str, numbers: list[int]) -> Path:
    rows = (row(_external(sku, n), qty=1).replace("MUG,Blue mug", f"{sku},{sku.title()}") for n in numbers)
    path.write_text("\n".join((HEADER, *rows)))
    return path


def _external(sku: str, n: int) -> str:
    return md5(f"{sku}-{n}".encode(), usedforsecurity=False).hexdigest()


def _client(port: int, kind: str, make: Callable, parcels: Iterator[list[int]], tally: Tally) -> None:
    connection = load.Connection(port)
    for numbers in parcels:
        status, answer = _insist(connection, make(numbers), kind, tally)
        orders = _orders_in(kind, status, answer)
        with tally.lock:
            tally.answers[kind, status] += 1
            tally.acknowledged += orders
            if orders != len(numbers):
                tally.wrong.append(f"{kind} {status}: {answer[:300].decode(errors='replace')}")


def _insist(connection: load.Connection, request: bytes, kind: str, tally: Tally) -> tuple[int, bytes]:
    """Send until the answer is not "try again in a moment"; the same bytes each time, key and all."""
    for turn in range(1, TRIES + 1):
        try:
            status, answer = connection.send(request)
        except OSError as error:  # an idle connection was closed under us
            reason = type(error).__name__
            connection.socket.close()
            connection.open()
        else:
            is_busy = (status == 503 and b"urn:oms:problem:busy" in answer) or (kind, status) == ("form", 409)
            if not is_busy or turn == TRIES:
                return status, answer
            reason = f"{kind} {status}"
        with tally.lock:
            tally.again[reason] += 1
        time.sleep(random.uniform(0.05, 0.2) * turn)
    raise ConnectionError(f"the web server closed {TRIES} connections in a row")


def _orders_in(kind: str, status: int, answer: bytes) -> int:
    """How many orders the answer says there are now."""
    if kind == "batch" and status == 200:
        return sum(order["outcome"] in ("created", "unchanged") for order in json.loads(answer)["orders"])
    return int(status in {"api": (200, 201), "form": (302,), "batch": ()}[kind])


def _importer(n: int, files: list[str], is_guarded: bool) -> Callable[[], list[tuple[int, str]]]:
    """Imports every eighth file; what each made."""
    if not is_guarded:
        import_module("tests.proofs.unguarded")

    def work() -> list[tuple[int, str]]:
        made = []
        for path in files[n :: CLIENTS["file"]]:
            report = retrying()(import_file)([path], channel_code="files", format_key="csv", actor="import")
            made.append((report.created + report.unchanged, "rejected" if report.rejected else "imported"))
        return made

    return work


def _judge(run: str, sku: str, tally: Tally, attempts: int) -> list[Verdict]:
    lines = OrderLine.objects.filter(sku=sku)
    stored = list(lines.values_list("order__external_id", flat=True))
    wanted = {_external(sku, n) for n in range(attempts)}
    levels = StockLevel.objects.filter(product__sku=sku)
    promised = sum(Allocation.objects.filter(product__sku=sku).values_list("qty", flat=True))
    accepted = lines.filter(qty_reserved=1, qty_backordered=0).count()
    waiting = sum(Backorder.objects.filter(product__sku=sku).values_list("qty", flat=True))
    lost, twice = len(wanted - set(stored)), len(stored) - len(set(stored))
    over = sum(max(0, level.reserved - level.on_hand) for level in levels)
    failed = sum(n for (_, status), n in tally.answers.items() if isinstance(status, int) and status >= 500)
    for line in tally.wrong[:MOST_SHOWN]:
        say(f"  wrong: {line}")
    return [
        Verdict(NAME, f"{run}: exactly {UNITS:,} of {attempts:,} accepted", f"{accepted:,} orders, {promised:,} units promised",
                accepted == promised == sum(level.reserved for level in levels) == UNITS),
        Verdict(NAME, f"{run}: 0 oversold, the others wait", f"{over} oversold, {waiting:,} wait",
                over == 0 and waiting == attempts - UNITS and sum(level.available for level in levels) == 0),
        Verdict(NAME, f"{run}: 0 lost, 0 doubled", f"{lost} lost, {twice} doubled, {tally.acknowledged:,} acknowledged",
                lost == twice == 0 and tally.acknowledged == len(stored) == attempts),
        Verdict(NAME, f"{run}: 0 unexplained 5xx, nothing else refused", f"{failed} and {len(tally.wrong)}; sent again "
                f"{sum(tally.again.values())}", failed == 0 and not tally.wrong),
    ]  # fmt: skip


def _control(var: Path) -> Verdict:
    """The same rush where the claim asks nothing and the database allows everything."""
    with without_the_check():
        with web(port := free_port(), "tests.proofs.unguarded"):
            _rush(_house(port, "control"), var, "RUSH-CONTROL", 3 * UNITS, 0, is_guarded=False)
        promised = sum(Allocation.objects.filter(product__sku="RUSH-CONTROL").values_list("qty", flat=True))
    text = f"{promised:,} promised of {UNITS:,}"
    return Verdict(NAME, "control: without the claim's condition it oversells", text, promised > UNITS)
