from django.db import migrations

from oms.kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [append_only("notifications_historicalmessagetemplate")]
