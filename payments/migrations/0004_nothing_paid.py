"""An order cancelled before any payment said "paid", because nothing was owed any more. It says "unpaid" now."""

from django.db import migrations
from django.db.models import F


def say_unpaid(apps, schema_editor):
    due = F("total") - F("cancelled_total") - F("returned_total") - F("written_off_total")
    rows = apps.get_model("orders", "Order").objects.alias(due=due)
    rows.filter(
        payment_status="paid", due=0, total__gt=0, paid_total=F("refunded_total"), refunded_total=0, verifying_total=0
    ).update(payment_status="unpaid")


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_once_and_within_amount"), ("orders", "0018_standing")]
    operations = [migrations.RunPython(say_unpaid, migrations.RunPython.noop)]
