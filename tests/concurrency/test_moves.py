"""Promises on their way from one place to another, in opposite directions at once: never a deadlock, with the controls."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import OperationalError, connection, transaction

import fulfilment.actions.reject as reject
import fulfilment.actions.short as short
import inventory.actions.reserve as reserve
from fulfilment.actions.pick import start_pick
from fulfilment.actions.reject import reject_work
from fulfilment.actions.short import short_pick
from inventory.actions.reserve import OrderDemand, reserve_orders
from inventory.models import Allocation, StockLevel
from inventory.routing.plan import Demand
from oms.kernel.db import sqlstate
from orders.models import Channel
from tests.conftest import make_shop, person
from tests.fulfilment.steps import released, sick, work_of
from tests.stories import placed
from tests.together import Meeting, at_once

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def answer(job) -> str:
    try:
        job()
        return "done"
    except OperationalError as error:
        return sqlstate(error)


def two_works(bo) -> list[str]:
    """One SKU at two places: work in Pune whose units would go to Delhi, and work in Delhi whose units would go to Pune."""
    make_shop()
    orders = []
    for codes in (["pune", "delhi"], ["delhi", "pune"]):
        Channel.objects.filter(code="web").update(location_codes=codes)
        orders.append(released(bo, ("MUG", 2)))
    return [work_of(order).number for order in orders]


def meet_after_freeing(monkeypatch, module) -> None:
    meet, free = Meeting(2), module.free_here

    def free_and_wait(*args):
        free(*args)
        meet.attend()

    monkeypatch.setattr(module, "free_here", free_and_wait)


def crosswise_short(monkeypatch) -> list[str]:
    bo = person("bo", "warehouse")
    works = two_works(bo)
    for number in works:
        start_pick(number, actor=bo)
    meet_after_freeing(monkeypatch, short)
    return at_once(
        *(lambda n=n: answer(lambda: short_pick(n, code="MUG", qty=1, reason="not_found", actor=bo)) for n in works)
    )


def crosswise_reject(monkeypatch) -> list[str]:
    bo = person("bo", "warehouse")
    works = two_works(bo)
    meet_after_freeing(monkeypatch, reject)
    return at_once(*(lambda n=n: answer(lambda: reject_work(n, reason="No room", actor=bo)) for n in works))


MOVES = {"short": (short, crosswise_short), "reject": (reject, crosswise_reject)}


@pytest.mark.parametrize("kind", MOVES)
def test_two_moves_in_opposite_directions_never_deadlock(kind, monkeypatch):
    _, crosswise = MOVES[kind]
    assert crosswise(monkeypatch) == ["done", "done"]
    assert sick() == {}


@pytest.mark.parametrize("kind", MOVES)
def test_negative_control_locked_statement_by_statement_they_do(kind, monkeypatch):
    module, crosswise = MOVES[kind]
    monkeypatch.setattr(module, "lock_the_move", lambda *args, **kwargs: None)
    assert sorted(crosswise(monkeypatch)) == ["40P01", "done"]


def a_lost_race(monkeypatch) -> str:
    """Reserve on an old reading that promises the last place too much; what another session finds at that place when the
    order begins to lock for its second try."""
    make_shop()
    order = placed(("LAMP", 1))
    places = dict(StockLevel.objects.filter(product__sku="MUG").values_list("location__code", "location_id"))
    mug = StockLevel.objects.filter(product__sku="MUG").first().product_id
    old = reserve.Shelves({(mug, places["pune"]): 0, (mug, places["delhi"]): 50}, {})
    found, lock = [], reserve.lock_levels

    def look_and_lock(wanted):
        with ThreadPoolExecutor(1) as other:
            found.append(other.submit(lambda: answer(lambda: take(mug, places["delhi"]))).result())
        return lock(wanted)

    monkeypatch.setattr(reserve, "lock_levels", look_and_lock)
    line = order.lines.get()
    with transaction.atomic():
        demand = OrderDemand(order.number, (Demand(line.pk, mug, 12),), (places["pune"], places["delhi"]))
        got = reserve_orders([demand], kind="soft", shelves=old)[order.number]
        assert (got.held, got.short) == ({line.pk: 12}, {})
        assert sum(Allocation.objects.filter(line_id=line.pk).values_list("qty", flat=True)) == 12
        transaction.set_rollback(True)
    return found[0]


def take(product_id: int, location_id: int) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM inventory_stocklevel WHERE product_id = %s AND location_id = %s FOR UPDATE NOWAIT",
                [product_id, location_id],
            )
    finally:
        connection.close()


def test_an_order_that_lost_a_race_holds_no_row_while_it_locks_all_in_order(monkeypatch):
    assert a_lost_race(monkeypatch) == "done"


def test_negative_control_without_the_savepoint_it_holds_one_and_wants_those_before(monkeypatch):
    monkeypatch.setattr(reserve, "attempt", nullcontext)
    assert a_lost_race(monkeypatch) == "55P03"
