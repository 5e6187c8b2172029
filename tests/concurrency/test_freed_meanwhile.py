"""Units that come free while a statement waits for their row: it has them, and no CHECK speaks of what was there before."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inventory import ledger
from inventory.ledger import Claim, Posting, claim, expect, free, post
from inventory.models import Allocation, AllocationKind, MovementKind, StockLevel
from oms.ops.doctor.registry import run_all
from orders.models import Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop
from tests.stories import placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sold_out() -> tuple[StockLevel, Order, Order]:
    """Ten mugs at one place, all promised to the first order; another one to take some for."""
    make_shop()
    first, second = placed(("MUG", 10)), placed(("MUG", 5), external_id="W-2")
    level = StockLevel.objects.get(product__sku="MUG", location__code="pune")
    assert level.available == 0
    return level, first, second


def give_back(order: Order) -> None:
    free([(row.pk, row.qty) for row in Allocation.objects.filter(order_number=order.number)])


def take(level: StockLevel, order: Order, kind: str) -> set[tuple[int, int]]:
    line = order.lines.get()
    with transaction.atomic():
        return claim([Claim(line.pk, order.number, level.product_id, level.location_id, 5)], kind=kind)


def move(level: StockLevel, source: str, units: int) -> int:
    with transaction.atomic():
        return post(
            [Posting(level.product_id, level.location_id, on_hand=units)], kind=MovementKind.ADJUSTMENT, source=source, actor="system"
        )  # fmt: skip


def away(level: StockLevel, units: int) -> None:
    with transaction.atomic():
        expect({(level.product_id, level.location_id): units})


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    return one_inside_the_other(first, second)[1]


@pytest.mark.parametrize("kind", AllocationKind.values)
def test_units_given_back_are_taken(sold_out, kind):
    level, first, second = sold_out
    taken = meanwhile(partial(give_back, first), partial(take, level, second, kind))
    assert taken == {(level.product_id, level.location_id)}
    level.refresh_from_db()
    assert (level.on_hand, level.available) == (10, 5)


def test_negative_control_written_on_top_of_the_older_row_only_the_check_answers(sold_out, monkeypatch):
    level, first, second = sold_out
    on_top = lambda **changes: ", ".join(f"{n} = s.{n}{by}" for n, by in changes.items())  # noqa: E731
    monkeypatch.setattr(ledger, "written", on_top)
    with pytest.raises(IntegrityError, match="stock_never_oversold"):
        meanwhile(partial(give_back, first), partial(take, level, second, AllocationKind.SOFT))


def test_units_given_back_or_received_can_leave(sold_out):
    level, first, _ = sold_out
    assert meanwhile(partial(give_back, first), partial(move, level, "found broken", -5)) == 1
    assert meanwhile(partial(move, level, "found", 5), partial(move, level, "lost", -9)) == 1
    level.refresh_from_db()
    assert (level.on_hand, level.available) == (1, 1)


def test_what_is_on_its_way_since_a_moment_may_arrive(sold_out):
    level, _, _ = sold_out
    assert meanwhile(partial(away, level, 5), partial(away, level, -5)) is None
    level.refresh_from_db()
    assert level.incoming == 0


def test_what_is_not_there_is_still_refused(sold_out):
    level, first, second = sold_out
    assert meanwhile(partial(move, level, "more", 4), partial(take, level, second, AllocationKind.SOFT)) == set()
    assert meanwhile(partial(give_back, first), partial(move, level, "lost", -15)).code == "stock_not_there"
    assert not [code for code, rows in run_all().items() if rows and code.startswith("stock")]
