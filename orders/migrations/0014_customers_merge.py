"""Customers become part of another one, and their addresses and contacts are kept by those who take orders."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


# One address is the usual one: where a house named several, the one that was taken so far.
ONE_USUAL = """
UPDATE orders_customeraddress a SET is_default = false WHERE a.is_default AND EXISTS (
  SELECT 1 FROM orders_customeraddress b WHERE b.customer_id = a.customer_id AND b.is_default
    AND (b.updated_at, b.id) > (a.updated_at, a.id))
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0013_losses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='CustomerMerge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('by', models.CharField(max_length=80)),
                    ('reason', models.CharField(max_length=300)),
                    ('moved', models.JSONField(default=dict)),
                    ('chosen', models.JSONField(default=dict)),
                ],
                options={
                    'ordering': ['-pk'],
                },
            ),
        ]),
        Together([
            migrations.AddField(
                model_name='customer',
                name='merged_into',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_away', to='orders.customer'),
            ),
            migrations.AddField(
                model_name='customeraddress',
                name='is_bill_to',
                field=models.BooleanField(db_default=False, default=False, verbose_name='usual billing address'),
            ),
            migrations.AddField(
                model_name='customeraddress',
                name='retired_at',
                field=models.DateTimeField(blank=True, editable=False, null=True),
            ),
            migrations.AddField(
                model_name='customeraddress',
                name='version',
                field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
            ),
            migrations.AddField(
                model_name='customercontact',
                name='retired_at',
                field=models.DateTimeField(blank=True, editable=False, null=True),
            ),
            migrations.AddField(
                model_name='customercontact',
                name='version',
                field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
            ),
            migrations.AddField(
                model_name='historicalcustomer',
                name='merged_into',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='orders.customer'),
            ),
            migrations.AddField(
                model_name='historicalcustomeraddress',
                name='is_bill_to',
                field=models.BooleanField(db_default=False, default=False, verbose_name='usual billing address'),
            ),
            migrations.AddField(
                model_name='historicalcustomeraddress',
                name='retired_at',
                field=models.DateTimeField(blank=True, editable=False, null=True),
            ),
            migrations.AddField(
                model_name='historicalcustomercontact',
                name='retired_at',
                field=models.DateTimeField(blank=True, editable=False, null=True),
            ),
            migrations.AlterField(
                model_name='customeraddress',
                name='is_default',
                field=models.BooleanField(default=False, verbose_name='usual delivery address'),
            ),
            migrations.AlterField(
                model_name='historicalcustomeraddress',
                name='is_default',
                field=models.BooleanField(default=False, verbose_name='usual delivery address'),
            ),
            migrations.AddIndex(
                model_name='customer',
                index=models.Index(django.db.models.functions.text.Right(models.Func(models.F('phone'), models.Value('\\D'), models.Value(''), models.Value('g'), function='regexp_replace', output_field=models.TextField()), 9), condition=models.Q(('phone', ''), _negated=True), name='customer_phone_end'),
            ),
            migrations.AddConstraint(
                model_name='customer',
                constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='customer_not_merged_into_itself'),
            ),
            migrations.RunSQL(ONE_USUAL, migrations.RunSQL.noop),
            migrations.AddConstraint(
                model_name='customeraddress',
                constraint=models.UniqueConstraint(condition=models.Q(('is_default', True), ('retired_at__isnull', True)), fields=('customer',), name='customer_ship_to_once'),
            ),
            migrations.AddConstraint(
                model_name='customeraddress',
                constraint=models.UniqueConstraint(condition=models.Q(('is_bill_to', True), ('retired_at__isnull', True)), fields=('customer',), name='customer_bill_to_once'),
            ),
            migrations.AddField(
                model_name='customermerge',
                name='by_user',
                field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='customermerge',
                name='gone',
                field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='merge', to='orders.customer'),
            ),
            migrations.AddField(
                model_name='customermerge',
                name='kept',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='orders.customer'),
            ),
        ]),
    ]
