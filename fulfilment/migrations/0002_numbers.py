from django.db import migrations

from oms.kernel.sql import number_sequence


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0001_initial")]

    operations = [number_sequence("fulfilment_order_number_seq"), number_sequence("fulfilment_shipment_number_seq")]
