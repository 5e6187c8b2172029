from django.db import migrations

from oms.kernel.sql import append_only, number_sequence


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [
        number_sequence("payments_number_seq"),
        number_sequence("payments_refund_number_seq"),
        append_only("payments_paymentevent"),
        append_only("payments_historicalrefundpolicy"),
    ]
