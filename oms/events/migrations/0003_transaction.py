from django.db import migrations, models

# In two statements: rows from before stay NULL and the table is not rewritten.
ADD = """
ALTER TABLE events_event ADD COLUMN tx bigint;
ALTER TABLE events_event ALTER COLUMN tx SET DEFAULT (pg_current_xact_id()::text::bigint);
"""
DROP = "ALTER TABLE events_event DROP COLUMN tx;"


class Migration(migrations.Migration):
    dependencies = [("events", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            ADD, DROP, state_operations=[migrations.AddField("event", "tx", models.BigIntegerField(editable=False, null=True))]
        ),
    ]
