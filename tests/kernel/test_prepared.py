"""Statements of the hot paths stay prepared through a rollback, and follow a table that changes under them."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg._preparing import PrepareManager

from oms.kernel.db import fetch

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


def test_a_table_made_anew_after_a_rollback_is_read_by_the_same_statement(db):
    with connection.cursor() as cursor:
        for note in ("first", "second"):
            with transaction.atomic():
                cursor.execute("CREATE TABLE passing (note text)")
                cursor.execute("INSERT INTO passing VALUES (%s)", [note])
                assert fetch("SELECT note FROM passing") == [(note,)]
                transaction.set_rollback(True)
