from django.db import migrations

from oms.kernel.sql import append_only, number_sequence


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial")]
    operations = [number_sequence("returns_number_seq"), append_only("returns_historicalreturnreason")]
