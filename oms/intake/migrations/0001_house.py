import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('intake', '0001_initial'), ('intake', '0002_inbox'), ('intake', '0003_supply_scopes')]

    initial = True

    dependencies = [
        ('access', '__first__'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('prefix', models.CharField(editable=False, max_length=12)),
                ('key_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('orders:read', 'Read orders'), ('orders:write', 'Create and change orders'), ('supply:read', 'Read stock, purchase orders and transfers'), ('supply:write', 'Buy, move and receive stock')], max_length=30), default=list, size=None)),
                ('channel_code', models.CharField(blank=True, max_length=40)),
                ('is_active', models.BooleanField(default=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['orders:read', 'orders:write', 'supply:read', 'supply:write'])), name='apikey_scopes_known')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('api_key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.apikey')),
                ('key', models.CharField(max_length=255)),
                ('request_hash', models.CharField(max_length=64)),
                ('status_code', models.PositiveSmallIntegerField()),
                ('body', models.BinaryField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='idempotency_age')],
                'constraints': [models.UniqueConstraint(fields=('api_key', 'key'), name='idempotency_key_once')],
            },
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('handler', models.CharField(help_text='What is done with a message; the names are in oms.intake.inbox.', max_length=40)),
                ('channel_code', models.CharField(blank=True, max_length=40)),
                ('generation', models.PositiveIntegerField(default=1)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='InboundMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='intake.connection')),
                ('external_id', models.CharField(max_length=200)),
                ('body', models.BinaryField()),
                ('status', models.CharField(choices=[('pending', 'Waiting'), ('done', 'Done'), ('parked', 'Parked')], default='pending', max_length=8)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_error', models.CharField(blank=True, max_length=2000)),
                ('outcome', models.CharField(blank=True, max_length=200)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['next_at'], name='inbound_due'), models.Index(condition=models.Q(('status', 'parked')), fields=['-id'], name='inbound_parked')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'external_id'), name='inbound_once'), models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'done', 'parked'])), name='inbound_status_known')],
            },
        ),
    ])]
