"""Handlers that go from order to order let each one's locks go before the next, and a worker that dies loses nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

import orders.actions.allocate as allocating
from inventory.actions.adjust import receive_stock
from inventory.models import StockLevel
from oms.events import registry
from oms.events.models import Delivery
from oms.events.relay import deliver_due
from oms.kernel.alone import alone
from oms.kernel.clock import now, time_is
from oms.kernel.queue import LOOK, SPACE
from oms.ops.doctor.registry import run_all
from orders.models import Order
from tests.conftest import make_shop
from tests.stories import again, placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def relayed() -> None:
    while deliver_due():
        pass


@pytest.fixture
def waiting() -> list[Order]:
    """Two orders that wait for the mugs that have just arrived; nobody has served them yet."""
    make_shop()
    placed(("MUG", 15))
    orders = [placed(("MUG", 1)) for _ in range(2)]
    relayed()
    assert [order.qty_backordered for order in map(again, orders)] == [1, 1]
    receive_stock("MUG", location="pune", qty=5, source="lorry", actor="system")
    return orders


def elsewhere(act: Callable[[], Any]) -> Any:
    """What somebody else does meanwhile, on a connection of their own."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(copy_context().run, run).result()


def is_free() -> bool:
    """Whether somebody else could take the shelves now."""

    def take() -> bool:
        try:
            with transaction.atomic():
                return bool(list(StockLevel.objects.select_for_update(nowait=True)))
        except OperationalError:
            return False

    return elsewhere(take)


def free_at_each_order() -> list[bool]:
    """Whether the shelves were free when the relay began with each order."""
    found = []

    def look(execute, sql, *how):
        if 'FROM "orders_order"' in sql and "FOR UPDATE" in sql:
            found.append(is_free())
        return execute(sql, *how)

    with connection.execute_wrapper(look):
        relayed()
    return found


def test_the_shelf_is_free_again_before_the_next_order_is_locked(waiting):
    free = free_at_each_order()
    assert [order.qty_backordered for order in map(again, waiting)] == [0, 0]
    assert len(free) >= 2
    assert all(free)


def test_negative_control_in_one_transaction_the_second_order_waits_behind_the_shelf_of_the_first(waiting, monkeypatch):
    monkeypatch.setattr(registry, "_in_steps", set())
    assert not all(free_at_each_order())


def test_a_worker_that_dies_between_two_orders_leaves_the_rest_to_the_next(waiting, monkeypatch):
    serve, served = allocating._serve, []

    def dies(number, *how):
        if served:
            raise SystemExit
        served.append(number)
        return serve(number, *how)

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(allocating, "_serve", dies)
        relayed()
    assert [order.qty_backordered for order in map(again, waiting)] == [0, 1]
    relayed()
    assert again(waiting[1]).qty_backordered == 1, "nobody looks so soon: it may be at it still"
    with time_is(now() + LOOK + timedelta(seconds=1)):
        relayed()
    assert [order.qty_backordered for order in map(again, waiting)] == [0, 0]
    assert not Delivery.objects.exclude(status="done").exists()
    assert not [rows for code, rows in run_all().items() if rows and code.startswith("stock")]


def test_what_a_worker_is_at_is_left_to_it_however_long_it_takes(waiting):
    with alone(SPACE, Delivery.objects.get(handler__endswith="serve_waiting_orders", status="pending").pk):
        with time_is(now() + 5 * LOOK):
            elsewhere(relayed)
        assert [order.qty_backordered for order in map(again, waiting)] == [1, 1]
    with time_is(now() + 10 * LOOK):
        elsewhere(relayed)
    assert [order.qty_backordered for order in map(again, waiting)] == [0, 0]
