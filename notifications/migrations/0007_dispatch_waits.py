"""The message about a dispatch waits as long as the dispatch can be undone, where nobody chose another time."""

from django.conf import settings
from django.db import migrations


def wait(apps, schema_editor):
    template = apps.get_model("notifications", "MessageTemplate")
    template.objects.filter(key="fulfilment.dispatched", hold_minutes=0).update(hold_minutes=settings.UNDO_MINUTES)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_promise_message")]

    operations = [migrations.RunPython(wait, migrations.RunPython.noop)]
