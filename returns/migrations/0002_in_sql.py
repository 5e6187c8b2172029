"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import append_only, number_sequence



class Migration(migrations.Migration):
    replaces = [
        ("returns", "0002_numbers"),
    ]
    dependencies = [("returns", "0001_house")]
    operations = [
        append_only("returns_historicalreturnreason"),
        number_sequence("returns_number_seq"),
    ]
