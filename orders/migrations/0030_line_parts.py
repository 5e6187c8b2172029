from django.db import migrations

# As for allocations (0002): the app that owns a line's recipe stands below the one that owns lines.
LINE_KEY = """
ALTER TABLE inventory_linepart ADD CONSTRAINT inventory_linepart_line_fk
  FOREIGN KEY (line_id) REFERENCES orders_orderline (id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0029_steps_of_a_bulk_run"), ("inventory", "0011_kits")]
    operations = [
        migrations.RunSQL(LINE_KEY, "ALTER TABLE inventory_linepart DROP CONSTRAINT inventory_linepart_line_fk"),
    ]
