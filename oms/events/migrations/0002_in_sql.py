"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import append_only

# The transaction that wrote the event; history rows of the same one belong to it.
TX = "ALTER TABLE events_event ALTER COLUMN tx SET DEFAULT (pg_current_xact_id()::text::bigint);"
NO_TX = "ALTER TABLE events_event ALTER COLUMN tx DROP DEFAULT;"


class Migration(migrations.Migration):
    replaces = [
        ("events", "0003_transaction"),
    ]
    dependencies = [("events", "0001_house")]
    operations = [
        append_only("events_event"),
        migrations.RunSQL(TX, NO_TX),
    ]
