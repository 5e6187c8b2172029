"""Those who own a hold may say no to what it asks; what was said stands on the hold."""

from django.db import migrations, models

from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0016_told_apart"),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name="hold",
                name="declined_at",
                field=models.DateTimeField(
                    blank=True, help_text="Its owners said no; the order is with the team that may cancel it.", null=True
                ),
            ),
            migrations.AddField(
                model_name="hold",
                name="said",
                field=models.CharField(
                    blank=True, db_default="", default="", max_length=400, verbose_name="last said about it"
                ),
            ),
        ]),
    ]
