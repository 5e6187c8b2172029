"""Put the database back as migrations and seeds left it, after a test that committed.

Django's `flush` truncates every table and then sows the seeds anew: 0.4 s of work for a test that wrote twenty rows.
Here only tables that hold something are emptied, and the seeds come back from a copy made once, with the same ids.
"""

import json
from collections.abc import Callable

from django.db import connection, transaction
from django.test import TransactionTestCase

from oms.kernel.clock import now

ASIDE = "seeds_of_tests"
_scenes: dict[Callable, tuple[str, list[str]]] = {}  # what puts each back, and its rows
_columns: dict[str, str] = {}  # of every table, quoted and in order, without those the database computes itself


def may_restore() -> bool:
    """Restoring puts foreign keys and triggers aside for a moment, which takes a superuser: the embedded one is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        return bool(cursor.fetchone()[0])


def keep_seeds() -> None:
    """Copy what is there now, and from now on restore it where Django would flush."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT format('%I', c.relname), string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND a.attgenerated = '' AND c.relname <> 'django_migrations'
            GROUP BY c.relname ORDER BY c.relname"""
        )
        _columns.update(cursor.fetchall())
        cursor.execute(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE; CREATE SCHEMA {ASIDE}")
        for table in _full(cursor):
            cursor.execute(f"CREATE TABLE {ASIDE}.{table} AS SELECT {_columns[table]} FROM public.{table}")
    TransactionTestCase._fixture_teardown = lambda case: restore()


def restore() -> None:
    with connection.cursor() as cursor:
        full = _full(cursor)
        cursor.execute("SELECT format('%%I', tablename) FROM pg_tables WHERE schemaname = %s", [ASIDE])
        sown = [table for (table,) in cursor.fetchall()]
        steps = ["BEGIN", "SET LOCAL session_replication_role = replica"]
        steps += [f"DELETE FROM public.{table}" for table in full]
        steps += [
            f"INSERT INTO public.{t} ({_columns[t]}) OVERRIDING SYSTEM VALUE SELECT {_columns[t]} FROM {ASIDE}.{t}"
            for t in sown
        ]
        cursor.execute("; ".join([*steps, "COMMIT"]))


def keep_scene(make: Callable[[], object]) -> None:
    """Let `make` act once on the seeds, remember the rows it leaves and take them back: `play` then costs one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        make()
        made = now()  # after the last of it, so that nothing lies ahead of the moment it is played at
        cursor.execute("SELECT format('%%I', tablename) FROM pg_tables WHERE schemaname = %s", [ASIDE])
        sown = {table for (table,) in cursor.fetchall()}
        steps, rows = [], []
        for table in _full(cursor):
            there = f"SELECT to_jsonb(t) FROM (SELECT {_columns[table]} FROM public.{table}) t"
            if table in sown:
                cursor.execute(f"SELECT to_jsonb(s) FROM {ASIDE}.{table} s EXCEPT {there}")
                assert not cursor.fetchall(), f"A scene adds rows; this one changes the seeds of {table}."
                there += f" EXCEPT SELECT to_jsonb(s) FROM {ASIDE}.{table} s"
            cursor.execute(there)
            if found := [row for (row,) in cursor.fetchall()]:
                steps.append(
                    f"INSERT INTO public.{table} ({_columns[table]}) OVERRIDING SYSTEM VALUE "
                    f"SELECT {_aged(cursor, table)} FROM jsonb_populate_recordset(NULL::public.{table}, %s)"
                )
                rows.append(json.dumps([json.loads(row) if isinstance(row, str) else row for row in found]))
        transaction.set_rollback(True)
    _scenes[make] = (f"SET LOCAL oms.scene = '{made.isoformat()}'; " + "; ".join(steps), rows)


def play(make: Callable[[], object]) -> bool:
    """Put the kept rows of `make` back with the same ids, as if they had been made this moment. False if none are kept."""
    if make not in _scenes:
        return False
    sql, rows = _scenes[make]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL oms.played = '{now().isoformat()}'; " + sql, rows)
    return True


def _aged(cursor, table: str) -> str:
    """The columns of a table, its times later by what went by since the scene was made."""
    cursor.execute(
        """SELECT string_agg(CASE WHEN atttypid = 'timestamptz'::regtype
            THEN format('%%1$I + (current_setting(''oms.played'')::timestamptz - current_setting(''oms.scene'')::timestamptz)', attname)
            ELSE format('%%I', attname) END, ', ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''""",
        [f"public.{table}"],
    )
    return cursor.fetchone()[0]


def _full(cursor) -> list[str]:
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.{table})" for table in _columns)
    cursor.execute(asked)
    return [table for (table,) in cursor.fetchall()]
