import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import oms.kernel.clock
import oms.webhooks.models
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('webhooks', '0001_initial')]

    initial = True

    dependencies = [
        ('events', '0001_house'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), help_text='Names with commas between: orders.*, payments.captured', size=None, verbose_name='events')),
                ('channel_code', models.CharField(blank=True, help_text='Only orders of this channel; empty means all.', max_length=40)),
                ('generation', models.PositiveIntegerField(default=1, help_text='Raise it to make another secret and end this one.')),
                ('is_active', models.BooleanField(default=True)),
                ('off_reason', models.CharField(blank=True, editable=False, max_length=200)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('quiet_until', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('endpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='webhooks.webhookendpoint')),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event')),
                ('stream', models.CharField(max_length=60)),
                ('status', models.CharField(choices=[('pending', 'Waiting'), ('sending', 'Being sent'), ('done', 'Delivered'), ('parked', 'Parked')], default='pending', max_length=8)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=oms.kernel.clock.now)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('give_up_at', models.DateTimeField(default=oms.webhooks.models._give_up)),
                ('response_status', models.PositiveSmallIntegerField(null=True)),
                ('response_body', models.CharField(blank=True, max_length=1024)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['next_at', 'id'], name='webhook_due'), models.Index(condition=models.Q(('status', 'sending')), fields=['claimed_until'], name='webhook_claimed'), models.Index(condition=models.Q(('status__in', ('pending', 'sending'))), fields=['endpoint', 'stream', 'event'], name='webhook_queue'), models.Index(condition=models.Q(('status', 'parked')), fields=['-id'], name='webhook_parked')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'event'), name='webhook_once_per_endpoint'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'sending', 'done', 'parked'])), name='webhook_status_known')],
            },
        ),
    ])]
