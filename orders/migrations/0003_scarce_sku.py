"""Orders know of which SKU units wait for them on the fair-share desk."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_in_sql'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='scarce_sku',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
    ]
