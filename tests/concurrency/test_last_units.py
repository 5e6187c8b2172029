"""C-01, C-03, C-13: the last units sold once through every way in, none kept back by a sale that fell through, and nobody
waiting for another crosswise. Each beside its twin with the protection off."""

from collections import Counter

import pytest

import inventory.actions.reserve as reserve
import inventory.ledger as ledger
from inventory.actions.adjust import receive_stock
from inventory.models import StockLevel
from orders.imports.apply import import_file
from orders.models import Order
from tests.api.test_orders_api import body, issue, post
from tests.concurrency.last_units import (
    Work,
    buy_until_sold,
    deadlocks,
    sees_full_shelves,
    shelves,
    shuffle_through,
    sound,
    without_the_check,
)
from tests.conftest import make_shop, person
from tests.orders.desk import desk, signed_in, typed
from tests.orders.imports.rows import HEADER, row
from tests.together import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

API, FORMS, ROWS = 24, 20, 20
UNITS = 10


def rush(folder) -> None:
    """64 buyers at once want one of 10 kettles: 24 by the API, 20 at the desk, 20 in a file."""
    make_shop()
    desk()
    key, ana = issue(), person("ana", "sales")
    forms = [(signed_in(ana), typed(("KETTLE", 1))) for _ in range(FORMS)]
    wanted = [{"sku": "KETTLE", "qty": 1, "unit_price": "100.00"}]
    bodies = [body(lines=wanted, total="100.00", email=f"b{i}@example.test") for i in range(API)]
    file = folder / "orders.csv"
    file.write_text(
        "\n".join((HEADER, *(row(f"K-{i}", qty=1).replace("MUG,Blue mug", "KETTLE,Kettle") for i in range(ROWS))))
    )
    jobs = [lambda b=b: post(key, b).status_code for b in bodies]
    jobs += [lambda c=c, d=d: c.post("/orders/new/", d).status_code for c, d in forms]
    jobs.append(lambda: import_file([file], channel_code="desk", format_key="csv", actor="import").created)
    assert Counter(at_once(*jobs)) == {201: API, 302: FORMS, ROWS: 1}


def test_c01_units_are_sold_once_through_every_way_in(tmp_path, patient_locks):
    rush(tmp_path)
    level = StockLevel.objects.get(product__sku="KETTLE")
    assert (level.reserved, level.available) == (UNITS, 0)
    assert sum(Order.objects.values_list("qty_backordered", flat=True)) == API + FORMS + ROWS - UNITS
    assert sound()


def test_c01_without_the_condition_of_the_claim_more_is_sold_than_there_is(tmp_path, monkeypatch, patient_locks):
    """Negative control: the claim takes what it is told and the CHECK behind it is off; every buyer reads full shelves."""
    monkeypatch.setattr(ledger, "ENOUGH", "true")
    monkeypatch.setattr(reserve, "plan_order", sees_full_shelves(reserve.plan_order))
    with without_the_check():
        rush(tmp_path)
        assert StockLevel.objects.get(product__sku="KETTLE").reserved > UNITS


BUYERS, LAST = 16, 100


def sell_with_rollbacks() -> int:
    """As many sales as there are units go through; three in ten tries fall through after their claim. Units promised."""
    make_shop()
    receive_stock("LAMP", location="pune", qty=LAST, source="truck", actor="system")
    shares = [len(range(i, LAST, BUYERS)) for i in range(BUYERS)]
    tries = at_once(*(lambda s=s, n=n: buy_until_sold("LAMP", n, str(s)) for s, n in enumerate(shares)))
    assert sum(tries) > LAST, "some fell through"
    return StockLevel.objects.get(product__sku="LAMP", location__code="pune").reserved


def test_c03_nobody_is_turned_away_for_units_that_come_back():
    assert sell_with_rollbacks() == LAST
    assert sum(Order.objects.values_list("qty_backordered", flat=True)) == 0
    assert sound()


def test_c03_whoever_gives_up_after_a_lost_race_leaves_units_unsold(monkeypatch):
    """Negative control: a buyer who lost a race takes it for sold out, instead of reading the locked rows again."""
    claim = reserve.claim
    calls = iter(range(10**6))
    # Every tenth claim loses, as if somebody had been quicker: in the real course it is then tried on locked rows.
    monkeypatch.setattr(reserve, "claim", lambda c, **kw: set() if next(calls) % 10 == 3 else claim(c, **kw))
    monkeypatch.setattr(reserve, "lock_levels", lambda places: {})
    monkeypatch.setattr(reserve, "_read_stock", lambda wanted, *_: reserve.Shelves(dict.fromkeys(_keys(wanted), 0), {}))
    assert sell_with_rollbacks() < LAST


def _keys(wanted) -> list[tuple[int, int]]:
    return [(d.product_id, place) for order in wanted for d in order.demands for place in order.location_ids]


HANDS, TURNS = 16, 6


def crowd(turns: int, hands: int = HANDS) -> list[Work]:
    """What so many hands did at once, each in a random order of its own."""
    make_shop()
    skus = shelves(100000)
    return at_once(*(lambda n=n: shuffle_through(range(turns), str(n), skus) for n in range(hands)))


def test_c13_orders_of_many_lines_never_wait_for_each_other_crosswise(patient_locks):
    before = deadlocks()
    works = crowd(TURNS)
    assert [(work.orders, work.retried, work.shown) for work in works] == [(TURNS, [], [])] * HANDS
    assert Order.objects.count() == HANDS * TURNS
    assert deadlocks() == before
    assert sound()


def test_c13_with_rows_taken_in_two_orders_they_do(monkeypatch, patient_locks):
    """Negative control: half of the claims take their rows from the other end."""
    turned = ledger.CLAIM.replace(
        "ORDER BY s.product_id, s.location_id", "ORDER BY s.product_id DESC, s.location_id DESC"
    )
    assert turned != ledger.CLAIM
    real, calls = ledger.CLAIM, iter(range(10**6))

    class EitherWay:
        def format(self, **words: str) -> str:
            # A pause after each row: the other one gets to the other end meanwhile.
            sql = (real, turned)[next(calls) % 2].format(**words)
            return sql.replace("SELECT s.id, s.on_hand", "SELECT pg_sleep(0.01), s.id, s.on_hand", 1)

    monkeypatch.setattr(ledger, "CLAIM", EitherWay())
    assert "40P01" in [state for work in crowd(1, hands=4) for state in work.retried]
