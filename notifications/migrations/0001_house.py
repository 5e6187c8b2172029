import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('notifications', '0001_initial'), ('notifications', '0002_history_append_only'), ('notifications', '0003_order_changed'), ('notifications', '0004_hold_minutes'), ('notifications', '0005_conversation'), ('notifications', '0006_promise_message')]

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('events', '0001_house'),
        ('orders', '0001_house'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='HistoricalMessageTemplate',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('key', models.CharField(choices=[('orders.confirmed', 'Order confirmed'), ('orders.amended', 'Order changed'), ('orders.promise_renewed', 'New day for waiting items'), ('fulfilment.dispatched', 'Parcel dispatched'), ('fulfilment.delivered', 'Parcel delivered'), ('notifications.written', 'Written by us')], max_length=40, verbose_name='sent when')),
                ('channel', models.CharField(choices=[('email', 'E-mail')], default='email', max_length=10, verbose_name='sent by')),
                ('subject', models.CharField(max_length=160)),
                ('body', models.TextField(max_length=8000)),
                ('is_active', models.BooleanField(default=True, verbose_name='send it')),
                ('hold_minutes', models.PositiveSmallIntegerField(default=0, help_text='So long an undo still stops the message.', verbose_name='wait before sending (minutes)')),
                ('is_approved', models.BooleanField(default=False, help_text='Only approved texts reach customers.', verbose_name='approved')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical message template',
                'verbose_name_plural': 'historical message templates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('key', models.CharField(choices=[('orders.confirmed', 'Order confirmed'), ('orders.amended', 'Order changed'), ('orders.promise_renewed', 'New day for waiting items'), ('fulfilment.dispatched', 'Parcel dispatched'), ('fulfilment.delivered', 'Parcel delivered'), ('notifications.written', 'Written by us')], max_length=40, verbose_name='sent when')),
                ('channel', models.CharField(choices=[('email', 'E-mail')], default='email', max_length=10, verbose_name='sent by')),
                ('subject', models.CharField(max_length=160)),
                ('body', models.TextField(max_length=8000)),
                ('is_active', models.BooleanField(default=True, verbose_name='send it')),
                ('hold_minutes', models.PositiveSmallIntegerField(default=0, help_text='So long an undo still stops the message.', verbose_name='wait before sending (minutes)')),
                ('is_approved', models.BooleanField(default=False, help_text='Only approved texts reach customers.', verbose_name='approved')),
            ],
            options={
                'ordering': ['key'],
                'constraints': [models.UniqueConstraint(fields=('key', 'channel'), name='template_once_per_event'), models.CheckConstraint(condition=models.Q(('key__in', ['orders.confirmed', 'orders.amended', 'orders.promise_renewed', 'fulfilment.dispatched', 'fulfilment.delivered', 'notifications.written'])), name='template_key_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['email'])), name='template_channel_known')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalReplyText',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('name', models.CharField(db_index=True, max_length=60)),
                ('body', models.TextField(max_length=4000)),
                ('is_active', models.BooleanField(default=True, verbose_name='offer it')),
                ('position', models.PositiveSmallIntegerField(default=100)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical reply text',
                'verbose_name_plural': 'historical reply texts',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ReplyText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=60, unique=True)),
                ('body', models.TextField(max_length=4000)),
                ('is_active', models.BooleanField(default=True, verbose_name='offer it')),
                ('position', models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='orders.order')),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event')),
                ('template_key', models.CharField(choices=[('orders.confirmed', 'Order confirmed'), ('orders.amended', 'Order changed'), ('orders.promise_renewed', 'New day for waiting items'), ('fulfilment.dispatched', 'Parcel dispatched'), ('fulfilment.delivered', 'Parcel delivered'), ('notifications.written', 'Written by us')], max_length=40)),
                ('to', models.CharField(blank=True, max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('status', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed'), ('skipped', 'Not sent')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ('queued', 'sending'))), fields=['next_at'], name='message_due'), models.Index(condition=models.Q(('status', 'failed')), fields=['-id'], name='message_failed')],
                'constraints': [models.UniqueConstraint(fields=('event', 'template_key'), name='message_once_per_event'), models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'sending', 'sent', 'failed', 'skipped'])), name='message_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_until__isnull', False), ('status', 'sending')), models.Q(('status', 'sending'), _negated=True), _connector='OR'), name='message_lease_while_sending'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_has_moment')],
            },
        ),
        migrations.CreateModel(
            name='CustomerMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customer_messages', to='orders.order')),
                ('direction', models.CharField(choices=[('in', 'The customer'), ('out', 'We')], max_length=3)),
                ('medium', models.CharField(choices=[('email', 'E-mail'), ('phone', 'Phone'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS'), ('counter', 'At the counter')], max_length=10)),
                ('sender', models.CharField(blank=True, max_length=254)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField(max_length=10000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('logged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.CharField(blank=True, max_length=260)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('answered_at__isnull', True), ('direction', 'in')), fields=['order', 'due_at'], name='customer_message_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('source',), name='customer_message_once'), models.CheckConstraint(condition=models.Q(('direction__in', ['in', 'out'])), name='customer_message_direction_known'), models.CheckConstraint(condition=models.Q(('medium__in', ['email', 'phone', 'whatsapp', 'sms', 'counter'])), name='customer_message_medium_known'), models.CheckConstraint(condition=models.Q(('direction', 'out'), ('due_at__isnull', False), _connector='OR'), name='customer_message_in_has_due')],
            },
        ),
        migrations.CreateModel(
            name='MailboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('sender', models.CharField(max_length=254)),
                ('to', models.CharField(max_length=500)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('arrived_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
    ])]
