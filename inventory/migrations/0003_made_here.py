"""Products know how long they take to make, and whether an assembly of them is planned by itself."""


from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0002_in_sql'),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='historicalproduct',
                name='make_days',
                field=models.PositiveSmallIntegerField(db_default=3, default=3, help_text='An assembly planned for a waiting order is due this many days later.', verbose_name='days to make it'),
            ),
            migrations.AddField(
                model_name='historicalproduct',
                name='plans_itself',
                field=models.BooleanField(db_default=False, default=False, help_text='For what was put together here before: when confirmed orders wait for more than is on its way, the rest is planned by itself, of the same components and at the same place as the last time.', verbose_name='plan an assembly when orders wait'),
            ),
            migrations.AddField(
                model_name='product',
                name='make_days',
                field=models.PositiveSmallIntegerField(db_default=3, default=3, help_text='An assembly planned for a waiting order is due this many days later.', verbose_name='days to make it'),
            ),
            migrations.AddField(
                model_name='product',
                name='plans_itself',
                field=models.BooleanField(db_default=False, default=False, help_text='For what was put together here before: when confirmed orders wait for more than is on its way, the rest is planned by itself, of the same components and at the same place as the last time.', verbose_name='plan an assembly when orders wait'),
            ),
        ]),
    ]
