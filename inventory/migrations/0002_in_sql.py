"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import append_only, number_sequence

KITS = """
CREATE FUNCTION inventory_no_stock_of_kits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inventory_product WHERE id = NEW.product_id AND kind = 'kit') THEN
    RAISE EXCEPTION 'A kit has no stock of its own.' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_has_no_stock',
      DETAIL = 'kit_has_no_stock';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_of_no_kit_new AFTER INSERT ON inventory_stocklevel
  FOR EACH ROW EXECUTE FUNCTION inventory_no_stock_of_kits();
CREATE TRIGGER stock_of_no_kit AFTER UPDATE OF on_hand, incoming ON inventory_stocklevel
  FOR EACH ROW WHEN (NEW.on_hand > OLD.on_hand OR NEW.incoming > OLD.incoming) EXECUTE FUNCTION inventory_no_stock_of_kits();
"""
NO_KITS = """
DROP TRIGGER stock_of_no_kit ON inventory_stocklevel;
DROP TRIGGER stock_of_no_kit_new ON inventory_stocklevel;
DROP FUNCTION inventory_no_stock_of_kits();
"""
WORDS = "to_tsvector('simple', translate(sku || ' ' || name || ' ' || barcode, '-_./:,;()#&+*@\"''', '                '))"


class Migration(migrations.Migration):
    replaces = [
        ("inventory", "0012_assemblies"),
    ]
    dependencies = [("inventory", "0001_house")]
    operations = [
        append_only("inventory_stockmovement"),
        append_only("inventory_routingdecision"),
        append_only("inventory_historicalsupplier"),
        number_sequence("inventory_purchase_seq"),
        number_sequence("inventory_receipt_seq"),
        number_sequence("inventory_transfer_seq"),
        number_sequence("inventory_assembly_seq"),
        migrations.RunSQL(f"CREATE INDEX product_words ON inventory_product USING gin (({WORDS}))", "DROP INDEX product_words"),
        migrations.RunSQL(KITS, NO_KITS),
    ]
