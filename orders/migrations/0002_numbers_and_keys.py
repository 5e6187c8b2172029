from django.db import migrations

from oms.kernel.sql import append_only, number_sequence

# The app that owns allocations stands below the one that owns lines, so the model cannot name the key; the database can.
LINE_KEYS = """
ALTER TABLE inventory_allocation ADD CONSTRAINT inventory_allocation_line_fk
  FOREIGN KEY (line_id) REFERENCES orders_orderline (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_backorder ADD CONSTRAINT inventory_backorder_line_fk
  FOREIGN KEY (line_id) REFERENCES orders_orderline (id) DEFERRABLE INITIALLY DEFERRED;
"""
DROP_LINE_KEYS = """
ALTER TABLE inventory_allocation DROP CONSTRAINT inventory_allocation_line_fk;
ALTER TABLE inventory_backorder DROP CONSTRAINT inventory_backorder_line_fk;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("inventory", "0002_append_only")]
    operations = [
        number_sequence("orders_number_seq"),
        migrations.RunSQL(LINE_KEYS, DROP_LINE_KEYS),
        append_only("orders_historicalorder"),
    ]
