"""Files of orders are kept for so many days, not for ever."""

from django.db import migrations, models

from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0017_declined_holds'),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='historicalretentionrule',
                name='file_days',
                field=models.PositiveSmallIntegerField(db_default=90, default=90, help_text='After its last run an import keeps its files, and the rows to fix, for so many days; then they are emptied at night. Its orders stay, and it can still be undone. At least 7.', verbose_name='days that files of orders are kept'),
            ),
            migrations.AddField(
                model_name='importbatch',
                name='forgotten_at',
                field=models.DateTimeField(null=True),
            ),
            migrations.AddField(
                model_name='retentionrule',
                name='file_days',
                field=models.PositiveSmallIntegerField(db_default=90, default=90, help_text='After its last run an import keeps its files, and the rows to fix, for so many days; then they are emptied at night. Its orders stay, and it can still be undone. At least 7.', verbose_name='days that files of orders are kept'),
            ),
            migrations.AddConstraint(
                model_name='retentionrule',
                constraint=models.CheckConstraint(condition=models.Q(('file_days__gte', 7)), name='retention_file_days_enough'),
            ),
        ]),
    ]
