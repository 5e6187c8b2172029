"""C-01, C-03, C-13: the last units sold once through every way in, none kept back by a sale that fell through, and nobody
waiting for another crosswise. Each beside its twin with the protection off."""

import random
from collections import Counter

import pytest
from django.db import OperationalError, connection, transaction

import inventory.actions.reserve as reserve
import inventory.ledger as ledger
from inventory.actions.adjust import receive_stock
from inventory.models import Allocation, Location, Product, StockLevel
from oms.kernel.db import sqlstate
from oms.ops.doctor.registry import run_all
from orders.actions.cancel import cancel_order
from orders.actions.capture import capture_orders
from orders.imports.apply import import_file
from orders.models import Channel, Order
from tests.api.test_orders_api import body, issue, post
from tests.conftest import make_shop, person
from tests.orders.desk import desk, signed_in, typed
from tests.orders.imports.test_import import HEADER, row
from tests.stories import draft
from tests.together import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

API, FORMS, ROWS = 24, 20, 20
UNITS = 10


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "orders")))


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
    real = reserve.plan_order
    monkeypatch.setattr(reserve, "plan_order", lambda d, p, stock, **more: real(d, p, dict.fromkeys(stock, 99), **more))
    constraint = next(c for c in StockLevel._meta.constraints if c.name == "stock_never_oversold")
    with connection.schema_editor() as editor:
        editor.remove_constraint(StockLevel, constraint)
    try:
        rush(tmp_path)
        assert StockLevel.objects.get(product__sku="KETTLE").reserved > UNITS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_stocklevel SET reserved = 0")
        Allocation.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(StockLevel, constraint)


BUYERS, LAST = 16, 100


class FellThroughError(Exception):
    """The buyer's card was refused after the units were claimed."""


def sell_with_rollbacks() -> int:
    """As many sales as there are units go through; three in ten tries fall through after their claim. Units promised."""
    make_shop()
    receive_stock("LAMP", location="pune", qty=LAST, source="truck", actor="system")
    channel = Channel.objects.get(code="web")
    shares = [len(range(i, LAST, BUYERS)) for i in range(BUYERS)]

    def buyer(seed: int) -> int:
        dice, sold, tries = random.Random(seed), 0, 0
        while sold < shares[seed]:
            tries += 1
            try:
                with transaction.atomic():
                    email = f"b{seed}-{tries}@example.test"
                    capture_orders([draft(("LAMP", 1), email=email)], channel=channel, actor="system")
                    if dice.random() < 0.3:
                        raise FellThroughError
                sold += 1
            except FellThroughError:
                pass
        return tries

    assert sum(at_once(*(lambda s=s: buyer(s) for s in range(BUYERS)))) > LAST, "some fell through"
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


HANDS, TURNS, LINES = 16, 6, 10


def shuffle_through(turns: int, hands: int = HANDS) -> tuple[list[str], int]:
    """Orders of ten lines in random order, some cancelled, while goods arrive; states of errors people saw, orders made."""
    make_shop()
    skus = [f"P-{i}" for i in range(LINES)]
    for sku in skus:
        Product.objects.create(sku=sku, name=sku, price=10)
        for place in Location.objects.all():
            receive_stock(sku, location=place.code, qty=100000, source="first", actor="system")
    channel = Channel.objects.get(code="web")

    def hand(seed: int) -> list[str]:
        dice, seen = random.Random(seed), []
        for turn in range(turns):
            try:
                wanted = dice.sample(skus, LINES)
                order = draft(*((sku, 1) for sku in wanted), email=f"h{seed}@example.test")
                (got,) = capture_orders([order], channel=channel, actor="system")
                if turn % 2:
                    cancel_order(got.number, reason="duplicate", actor="system")
                if turn % 3 == 2:
                    receive_stock(wanted[0], location="pune", qty=1, source=f"r-{seed}-{turn}", actor="system")
            except OperationalError as error:
                seen.append(sqlstate(error))
        return seen

    errors = [state for states in at_once(*(lambda s=s: hand(s) for s in range(hands))) for state in states]
    return errors, Order.objects.count()


def test_c13_orders_of_many_lines_never_wait_for_each_other_crosswise(patient_locks):
    before = deadlocks()
    assert shuffle_through(TURNS) == ([], HANDS * TURNS)
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
            return sql.replace("SELECT s.id, s.product_id", "SELECT pg_sleep(0.01), s.id, s.product_id", 1)

    monkeypatch.setattr(ledger, "CLAIM", EitherWay())
    errors, _ = shuffle_through(2, hands=4)
    assert "40P01" in errors


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
