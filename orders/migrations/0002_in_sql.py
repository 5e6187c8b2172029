"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import append_only, number_sequence

# The app that owns allocations stands below the one that owns lines, so the model cannot name the key; the database can.
LINE_KEYS = """
ALTER TABLE inventory_allocation ADD CONSTRAINT inventory_allocation_line_fk
  FOREIGN KEY (line_id) REFERENCES orders_orderline (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_backorder ADD CONSTRAINT inventory_backorder_line_fk
  FOREIGN KEY (line_id) REFERENCES orders_orderline (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE inventory_linepart ADD CONSTRAINT inventory_linepart_line_fk
  FOREIGN KEY (line_id) REFERENCES orders_orderline (id) DEFERRABLE INITIALLY DEFERRED;
"""
NO_LINE_KEYS = """
ALTER TABLE inventory_allocation DROP CONSTRAINT inventory_allocation_line_fk;
ALTER TABLE inventory_backorder DROP CONSTRAINT inventory_backorder_line_fk;
ALTER TABLE inventory_linepart DROP CONSTRAINT inventory_linepart_line_fk"""
# What nobody asks about later: the search words and the fingerprint of the source are derived, updated_at is in every row.
PAST = """
CREATE FUNCTION orders_keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb;
  is_line boolean := TG_TABLE_NAME = 'orders_orderline';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(o.key, o.value) INTO before FROM jsonb_each(to_jsonb(OLD)) o
    JOIN jsonb_each(to_jsonb(NEW)) n USING (key)
    WHERE o.value IS DISTINCT FROM n.value AND o.key <> ALL (ARRAY['updated_at', 'search_terms', 'source_hash']);
    IF before IS NULL THEN RETURN NULL; END IF;
  END IF;
  IF is_line THEN
    INSERT INTO orders_past (order_id, line_id, tx, at, was)
    VALUES (NEW.order_id, NEW.id, pg_current_xact_id()::text::bigint, clock_timestamp(), before);
  ELSE
    INSERT INTO orders_past (order_id, line_id, tx, at, was)
    VALUES (NEW.id, NULL, pg_current_xact_id()::text::bigint, clock_timestamp(), before);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_order_past AFTER UPDATE ON orders_order FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION orders_keep_past();
CREATE TRIGGER orders_line_past AFTER UPDATE ON orders_orderline FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION orders_keep_past();
-- Lines placed with their order have no earlier state worth a row; those an amendment added, or another order brought, once
-- were not there.
CREATE TRIGGER orders_line_born AFTER INSERT ON orders_orderline FOR EACH ROW
  WHEN (NEW.amendment_id IS NOT NULL OR NEW.merged_from_id IS NOT NULL) EXECUTE FUNCTION orders_keep_past();
"""
NO_PAST = """
DROP TRIGGER orders_line_born ON orders_orderline;
DROP TRIGGER orders_line_past ON orders_orderline;
DROP TRIGGER orders_order_past ON orders_order;
DROP FUNCTION orders_keep_past();
"""


class Migration(migrations.Migration):
    replaces = [
        ("orders", "0030_line_parts"),
    ]
    dependencies = [("orders", "0001_house"), ("inventory", "0001_house")]
    operations = [
        append_only("orders_historicalorder"),
        append_only("orders_past"),
        append_only("orders_sharedecision"),
        number_sequence("orders_number_seq"),
        number_sequence("orders_import_seq", start=1001),
        number_sequence("orders_amendment_number_seq"),
        number_sequence("orders_recurring_seq"),
        number_sequence("orders_blanket_seq"),
        number_sequence("orders_share_seq"),
        migrations.RunSQL(LINE_KEYS, NO_LINE_KEYS),
        migrations.RunSQL(PAST, NO_PAST),
    ]
