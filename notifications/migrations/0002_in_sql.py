"""What the models cannot say, in SQL."""

from django.db import migrations

from oms.kernel.sql import append_only



class Migration(migrations.Migration):
    replaces = [
        ("notifications", "0007_dispatch_waits"),
    ]
    dependencies = [("notifications", "0001_house")]
    operations = [
        append_only("notifications_historicalmessagetemplate"),
    ]
