"""Pieces of SQL that several apps' migrations need."""

from django.db import migrations

# What was written stays, except what it says of a person who is erased: that is overwritten in a transaction that says so.
FUNCTION = """
CREATE OR REPLACE FUNCTION oms_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('oms.erasing', true) = 'on' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'Rows of % are never changed or deleted.', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE and DELETE on `table`, whoever asks."""
    return migrations.RunSQL(
        FUNCTION + f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION oms_append_only();",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


def number_sequence(name: str, start: int = 10001) -> migrations.RunSQL:
    """A sequence for public numbers: unique under any concurrency, gaps allowed (invoices have their own counter)."""
    return migrations.RunSQL(f"CREATE SEQUENCE {name} START {start};", f"DROP SEQUENCE {name};")
