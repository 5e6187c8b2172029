"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import append_only, number_sequence



class Migration(migrations.Migration):
    replaces = [
        ("payments", "0004_nothing_paid"),
    ]
    dependencies = [("payments", "0001_house")]
    operations = [
        append_only("payments_paymentevent"),
        append_only("payments_historicalrefundpolicy"),
        number_sequence("payments_number_seq"),
        number_sequence("payments_refund_number_seq"),
    ]
