"""Statements of the hot paths stay prepared through a rollback, and follow a table that changes under them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DataError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg._preparing import PrepareManager

from inventory.actions.reserve import OrderDemand, reserve_orders
from inventory.models import Location, Product
from inventory.routing.plan import Demand
from oms.kernel.db import attempt, fetch
from tests.stories import placed

ASK = "SELECT code FROM orders_channel WHERE code = %s"


@pytest.fixture
def fresh(db) -> Iterator[psycopg.Connection]:
    """A connection as Django makes them for this house."""
    wrapper = connections.create_connection("default")
    wrapper.ensure_connection()
    yield wrapper.connection
    wrapper.close()


def prepared_after_a_rollback(fresh: psycopg.Connection) -> int:
    """Both kinds: of a step inside a greater one, and of the whole transaction."""
    fresh.autocommit = False
    psycopg.Cursor(fresh).execute(ASK, ["web"], prepare=True)
    fresh.execute("SAVEPOINT step")
    fresh.execute("ROLLBACK TO SAVEPOINT step")
    fresh.rollback()
    fresh.execute("SELECT 1")  # before it psycopg does what it put off
    return fresh.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]


def test_a_refused_step_leaves_the_statements_prepared(fresh):
    assert prepared_after_a_rollback(fresh) == 1


def test_negative_control_psycopg_alone_forgets_them(fresh):
    fresh._prepared = PrepareManager()
    assert prepared_after_a_rollback(fresh) == 0


def backends_of_two_requests(looks: bool) -> tuple[int, int]:
    """Two requests to one thread of a web process; in between the database ends its connection, as a restart does."""

    def request() -> int:
        connection.close_if_unusable_or_obsolete()  # Django, at the beginning of each
        connection.health_check_enabled &= looks
        return fetch("SELECT pg_backend_pid()")[0][0]

    with ThreadPoolExecutor(1) as web:
        try:
            first = web.submit(request).result()
            assert fetch("SELECT pg_terminate_backend(%s::int, 5000)", [first]) == [(True,)]
            return first, web.submit(request).result()
        finally:
            web.submit(connections.close_all).result()


def test_a_restart_of_the_database_fails_no_request_that_comes_after_it(db):
    first, second = backends_of_two_requests(looks=True)
    assert first != second


def test_negative_control_a_connection_that_nobody_looks_at_fails_the_request(db):
    with pytest.raises(OperationalError):
        backends_of_two_requests(looks=False)


def test_a_table_made_anew_after_a_rollback_is_read_by_the_same_statement(db):
    with connection.cursor() as cursor:
        for note in ("first", "second"):
            with transaction.atomic():
                cursor.execute("CREATE TABLE passing (note text)")
                cursor.execute("INSERT INTO passing VALUES (%s)", [note])
                assert fetch("SELECT note FROM passing") == [(note,)]
                transaction.set_rollback(True)


def test_an_attempt_is_taken_back_whole_and_the_transaction_goes_on(shop):
    """As `atomic` does it; also after the database itself refused, and one inside the other."""
    with transaction.atomic():
        with attempt():
            Product.objects.filter(sku="MUG").update(name="Kept")
            for broken in (lambda: fetch("SELECT 1 / 0"), lambda: [][1]):
                with pytest.raises((DataError, IndexError)), attempt():
                    Product.objects.filter(sku="MUG").update(name="Taken back")
                    broken()
        assert Product.objects.get(sku="MUG").name == "Kept"


def test_promises_for_many_orders_cost_as_many_statements_as_for_one(shop, read_once):
    def asked(*orders: str) -> int:
        mug = Product.objects.get(sku="MUG").pk
        place = Location.objects.get(code="delhi").pk
        lines = [placed(("KETTLE", 1)).lines.get().pk for _ in orders]
        wanted = [
            OrderDemand(number, (Demand(line, mug, 1),), (place,)) for number, line in zip(orders, lines, strict=True)
        ]
        with CaptureQueriesContext(connection) as seen:
            got = reserve_orders(wanted, kind="soft")
        assert all(got[number].held for number in orders)
        return len(seen)

    assert asked("X-0") == asked("X-1", "X-2", "X-3") == 5, "read, savepoint, decision, claim, release"
