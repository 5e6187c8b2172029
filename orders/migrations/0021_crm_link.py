"""A customer's page in the CRM of the house."""

from django.db import migrations, models

from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0020_import_erased'),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name=name,
                name='crm_url',
                field=models.URLField(blank=True, db_default='', default='', max_length=400, verbose_name='CRM link'),
            )
            for name in ('customer', 'historicalcustomer')
        ]),
    ]
