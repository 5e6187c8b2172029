"""Customers who look the same may be told apart, and a merge keeps what the checks said after it."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from oms.kernel.migrating import Together


# Merges made before this are finished: nobody owes them an answer.
DONE = "UPDATE orders_customermerge SET checked_at = at"


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0015_tag_terms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='HistoricalCustomersApart',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('by', models.CharField(max_length=80)),
                    ('why', models.CharField(blank=True, max_length=200)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_change_reason', models.CharField(max_length=100, null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('by_user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('one', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.customer')),
                    ('other', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.customer')),
                ],
                options={
                    'verbose_name': 'historical customers told apart',
                    'verbose_name_plural': 'historical customers told apart',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='CustomersApart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('by', models.CharField(max_length=80)),
                    ('why', models.CharField(blank=True, max_length=200)),
                    ('by_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('one', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='apart_as_one', to='orders.customer')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='apart_as_other', to='orders.customer')),
                ],
                options={
                    'verbose_name': 'customers told apart',
                    'verbose_name_plural': 'customers told apart',
                    'ordering': ['-pk'],
                    'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='customers_apart_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='customers_apart_in_order')],
                },
            ),
        ]),
        Together([
            migrations.AddField(
                model_name='customermerge',
                name='checked_at',
                field=models.DateTimeField(null=True),
            ),
            migrations.AddField(
                model_name='customermerge',
                name='checked_to',
                field=models.BigIntegerField(db_default=0, default=0),
            ),
            migrations.AddField(
                model_name='customermerge',
                name='checks',
                field=models.JSONField(db_default={}, default=dict),
            ),
            migrations.RunSQL(DONE, migrations.RunSQL.noop),
        ]),
    ]
