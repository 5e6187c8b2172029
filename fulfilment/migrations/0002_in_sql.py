"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import number_sequence



class Migration(migrations.Migration):
    replaces = [
        ("fulfilment", "0008_loose_parts"),
    ]
    dependencies = [("fulfilment", "0001_house")]
    operations = [
        number_sequence("fulfilment_order_number_seq"),
        number_sequence("fulfilment_shipment_number_seq"),
    ]
