"""Rows that are never changed may lose what they say of a person."""

from django.db import migrations

from oms.kernel.sql import FUNCTION


class Migration(migrations.Migration):
    dependencies = [("events", "0002_in_sql")]
    operations = [migrations.RunSQL(FUNCTION, migrations.RunSQL.noop)]
