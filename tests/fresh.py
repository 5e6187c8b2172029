"""Put the database back as migrations and seeds left it, after a test that committed.

Django's `flush` truncates every table and then sows the seeds anew: 0.4 s of work for a test that wrote twenty rows.
Here only tables that hold something are emptied, and the seeds come back from a copy made once, with the same ids.
"""

from django.db import connection
from django.test import TransactionTestCase

ASIDE = "seeds_of_tests"
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


def _full(cursor) -> list[str]:
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.{table})" for table in _columns)
    cursor.execute(asked)
    return [table for (table,) in cursor.fetchall()]
