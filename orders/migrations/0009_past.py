from django.db import migrations

from oms.kernel.sql import append_only, number_sequence

# What nobody asks about later: the search words and the fingerprint of the source are derived, updated_at is in every row.
KEEP = """
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
-- Lines placed with their order have no earlier state worth a row; lines an amendment added once were not there.
CREATE TRIGGER orders_line_born AFTER INSERT ON orders_orderline FOR EACH ROW
  WHEN (NEW.amendment_id IS NOT NULL) EXECUTE FUNCTION orders_keep_past();
"""
DROP = """
DROP TRIGGER orders_line_born ON orders_orderline;
DROP TRIGGER orders_line_past ON orders_orderline;
DROP TRIGGER orders_order_past ON orders_order;
DROP FUNCTION orders_keep_past();
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_amendments"), ("events", "0003_transaction")]
    operations = [
        number_sequence("orders_amendment_number_seq"),
        migrations.RunSQL(KEEP, DROP),
        append_only("orders_past"),
    ]
