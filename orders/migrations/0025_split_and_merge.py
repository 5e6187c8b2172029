import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# A line that came from another order was not on this one before: its birth is kept, as that of an amendment's lines.
BORN = """
DROP TRIGGER orders_line_born ON orders_orderline;
CREATE TRIGGER orders_line_born AFTER INSERT ON orders_orderline FOR EACH ROW
  WHEN (NEW.amendment_id IS NOT NULL OR NEW.merged_from_id IS NOT NULL) EXECUTE FUNCTION orders_keep_past();
"""
BEFORE = """
DROP TRIGGER orders_line_born ON orders_orderline;
CREATE TRIGGER orders_line_born AFTER INSERT ON orders_orderline FOR EACH ROW
  WHEN (NEW.amendment_id IS NOT NULL) EXECUTE FUNCTION orders_keep_past();
"""


def link(name):
    return models.ForeignKey(
        "orders.order", null=True, blank=True, on_delete=django.db.models.deletion.PROTECT, related_name=name, db_index=False
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0024_drafts")]
    operations = [
        migrations.AddField("order", "split_from", link("split_off")),
        migrations.AddField("order", "merged_into", link("merged_from")),
        migrations.AddField("orderline", "merged_from", link("+")),
        migrations.AddIndex(
            "order", models.Index(fields=["split_from"], name="order_split_from", condition=Q(split_from__isnull=False))
        ),
        migrations.AddIndex(
            "order", models.Index(fields=["merged_into"], name="order_merged_into", condition=Q(merged_into__isnull=False))
        ),
        migrations.RunSQL(BORN, BEFORE),
    ]
