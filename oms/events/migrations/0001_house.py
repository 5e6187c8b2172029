import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('events', '0001_initial'), ('events', '0002_append_only')]

    initial = True

    dependencies = [
        ('access', '__first__'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=60)),
                ('stream', models.CharField(max_length=60)),
                ('seq', models.PositiveIntegerField()),
                ('actor_kind', models.CharField(max_length=12)),
                ('actor_name', models.CharField(max_length=80)),
                ('actor_user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('machine', models.CharField(blank=True, max_length=20)),
                ('move', models.CharField(blank=True, max_length=40)),
                ('source', models.CharField(blank=True, max_length=24)),
                ('target', models.CharField(blank=True, max_length=24)),
                ('payload', models.JSONField(default=dict)),
                ('tx', models.BigIntegerField(editable=False, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('machine', ''), _negated=True), fields=['subject'], name='event_subject'), django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='event_at_brin'), models.Index(fields=['name', '-id'], name='event_name_id')],
                'constraints': [models.UniqueConstraint(fields=('stream', 'seq'), name='event_stream_seq')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='events.event')),
                ('handler', models.CharField(max_length=120)),
                ('status', models.CharField(choices=[('pending', 'Waiting'), ('parked', 'Parked'), ('done', 'Done')], default='pending', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_error', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['next_at'], name='delivery_due'), models.Index(condition=models.Q(('status', 'parked')), fields=['-id'], name='delivery_parked')],
                'constraints': [models.UniqueConstraint(fields=('event', 'handler'), name='delivery_once_per_handler'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'parked', 'done'])), name='delivery_status_known')],
            },
        ),
    ])]
