"""The last units and what crowds do to them: for the tests beside this file, and for the proofs at full size."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction

from inventory.actions.adjust import receive_stock
from inventory.models import Allocation, Location, Product, StockLevel
from oms.kernel.db import retrying, sqlstate
from oms.kernel.errors import Busy
from oms.ops.doctor.registry import run_all
from orders.actions.cancel import cancel_order
from orders.actions.capture import capture_orders
from orders.models import Channel
from tests.stories import draft

LINES = 10


@contextmanager
def without_the_check() -> Iterator[None]:
    """For controls: the database no longer refuses to promise more than there is. All promises are gone afterwards."""
    constraint = next(c for c in StockLevel._meta.constraints if c.name == "stock_never_oversold")
    with connection.schema_editor() as editor:
        editor.remove_constraint(StockLevel, constraint)
    try:
        yield
    finally:
        StockLevel.objects.update(reserved=0)
        Allocation.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(StockLevel, constraint)


def sees_full_shelves(plan: Callable[..., Any]) -> Callable[..., Any]:
    """For controls: `plan_order`, told that there is plenty of everything."""
    return lambda demands, places, stock, **more: plan(demands, places, dict.fromkeys(stock, 10**6), **more)


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "orders")))


class FellThroughError(Exception):
    """The buyer's card was refused after the units were claimed."""


def buy(sku: str, who: str, dice: random.Random, channel: Channel) -> bool:
    """Order one unit; three in ten sales fall through after their claim. Whether this one was kept."""
    try:
        with transaction.atomic():
            capture_orders([draft((sku, 1), email=f"{who}@example.test")], channel=channel, actor="system")
            if dice.random() < 0.3:
                raise FellThroughError
    except FellThroughError:
        return False
    return True


def buy_until_sold(sku: str, share: int, name: str) -> int:
    """Try until `share` sales went through; how many tries it took."""
    dice, channel, sold, tries = random.Random(name), Channel.objects.get(code="web"), 0, 0
    while sold < share:
        tries += 1
        sold += buy(sku, f"{name}-{tries}", dice, channel)
    return tries


@dataclass
class Work:
    """What one pair of hands did, and the state of every error the database answered on the way."""

    orders: int = 0
    cancelled: int = 0
    received: int = 0
    retried: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # what reached the person, retries and all

    def do(self, act: Callable[[], Any]) -> Any:
        """Do it as every edge does: what another crossed is tried again."""

        def once() -> Any:
            try:
                return act()
            except OperationalError as error:
                self.retried.append(sqlstate(error))
                raise

        try:
            return retrying()(once)()
        except (OperationalError, Busy) as error:
            self.shown.append(f"{type(error).__name__}: {error}")
            return None


def shelves(qty: int) -> list[str]:
    """Ten SKUs with so many units at every place."""
    skus = [f"P-{i}" for i in range(LINES)]
    for sku in skus:
        Product.objects.create(sku=sku, name=sku, price=10)
        for place in Location.objects.all():
            receive_stock(sku, location=place.code, qty=qty, source="first", actor="system")
    return skus


def shuffle_through(turns: Iterable[int], name: str, skus: Sequence[str]) -> Work:
    """Orders of ten lines in random order, every second cancelled, while goods arrive."""
    dice, channel, work = random.Random(name), Channel.objects.get(code="web"), Work()
    for turn in turns:
        wanted = dice.sample(skus, LINES)
        order = draft(*((sku, 1) for sku in wanted), email=f"h{name}-{turn}@example.test")
        got = work.do(lambda order=order: capture_orders([order], channel=channel, actor="system")[0])
        if got is None:
            continue
        work.orders += 1
        if turn % 2:
            number = got.number
            work.cancelled += work.do(lambda n=number: cancel_order(n, reason="duplicate", actor="system")) is not None
        if turn % 3 == 2:
            work.received += 1
            source = f"r-{name}-{turn}"
            work.do(lambda s=wanted[0], d=source: receive_stock(s, location="pune", qty=1, source=d, actor="system"))
    return work


def deadlocks() -> int:
    """How many the database has broken up so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
