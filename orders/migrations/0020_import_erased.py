"""An import says when somebody's personal data was last taken out of its files: whoever read them before stores nothing more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0019_shorter_findings'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
    ]
