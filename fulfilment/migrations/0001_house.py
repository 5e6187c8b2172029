import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_fsm
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('fulfilment', '0001_initial'), ('fulfilment', '0002_numbers'), ('fulfilment', '0003_scans_and_counts'), ('fulfilment', '0004_units_in_doubt'), ('fulfilment', '0005_claims'), ('fulfilment', '0006_parcel_deadline'), ('fulfilment', '0007_work_by_address')]

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('inventory', '0001_house'),
        ('orders', '0001_house'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='FulfilmentOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claimed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('claimed_step', models.CharField(blank=True, default='', max_length=40)),
                ('status', django_fsm.FSMField(choices=[('awaiting_stock', 'Awaiting stock'), ('scheduled', 'Scheduled'), ('open', 'To pick'), ('picking', 'Picking'), ('picked', 'To pack'), ('packed', 'To dispatch'), ('dispatched', 'Dispatched'), ('completed', 'Completed'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], default='open', max_length=50, protected=True)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fulfilment_orders', to='orders.order')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('ship_to', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='fulfilment_orders', to='orders.orderaddress')),
                ('assignee', models.CharField(blank=True, max_length=150)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('picking_at', models.DateTimeField(blank=True, null=True)),
                ('picked_at', models.DateTimeField(blank=True, null=True)),
                ('packed_at', models.DateTimeField(blank=True, null=True)),
                ('dispatched_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('box', models.CharField(blank=True, choices=[('small', 'Small'), ('medium', 'Medium'), ('large', 'Large')], max_length=10)),
                ('weight_grams', models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'indexes': [models.Index(fields=['status', 'location', 'created_at'], name='fo_queue')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['awaiting_stock', 'scheduled', 'open', 'picking', 'picked', 'packed', 'dispatched', 'completed', 'rejected', 'cancelled'])), name='fo_status_known'), models.CheckConstraint(condition=models.Q(('box__in', ('', 'small', 'medium', 'large'))), name='fo_box_known')],
            },
        ),
        migrations.CreateModel(
            name='FulfilmentOrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='fulfilment.fulfilmentorder')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fulfilment_lines', to='orders.orderline')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.product')),
                ('qty', models.PositiveIntegerField()),
                ('qty_picked', models.PositiveIntegerField(default=0)),
                ('qty_packed', models.PositiveIntegerField(default=0)),
                ('qty_dispatched', models.PositiveIntegerField(default=0)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('fo', 'line'), name='fo_line_once'), models.CheckConstraint(condition=models.Q(('qty__gte', models.F('qty_picked')), ('qty_picked__gte', models.F('qty_packed')), ('qty_packed__gte', models.F('qty_dispatched'))), name='fo_line_in_order')],
            },
        ),
        migrations.CreateModel(
            name='PackScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='fulfilment.fulfilmentorder')),
                ('fo_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fulfilment.fulfilmentorderline')),
                ('code', models.CharField(max_length=80)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('verdict', models.CharField(choices=[('ok', 'Counted'), ('complete', 'Complete'), ('too_many', 'Too many'), ('wrong', 'Wrong item')], max_length=10)),
                ('count', models.PositiveIntegerField(default=0)),
                ('asked', models.PositiveIntegerField(default=0)),
                ('actor_name', models.CharField(max_length=150)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', ['ok', 'complete', 'too_many', 'wrong'])), name='scan_verdict_known')],
            },
        ),
        migrations.CreateModel(
            name='CountRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.product')),
                ('fo', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='count_requests', to='fulfilment.fulfilmentorder')),
                ('missing', models.PositiveIntegerField()),
                ('doubted', models.PositiveIntegerField()),
                ('reason', models.CharField(choices=[('not_found', 'Not on the shelf'), ('damaged', 'Damaged'), ('wrong_item', 'Wrong item on the shelf'), ('expired', 'Past its date')], max_length=20)),
                ('asked_by', models.CharField(max_length=150)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('found', models.PositiveIntegerField(blank=True, null=True)),
                ('counted_by', models.CharField(blank=True, max_length=150)),
                ('counted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('counted_at__isnull', True)), fields=['asked_at', 'id'], name='count_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['not_found', 'damaged', 'wrong_item', 'expired'])), name='count_reason_known'), models.CheckConstraint(condition=models.Q(('found__isnull', True), ('found__lte', models.F('doubted')), _connector='OR'), name='count_found_within_doubted'), models.CheckConstraint(condition=models.Q(('missing__gt', 0)), name='count_missing_positive')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCarrier',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=80)),
                ('tracking_url', models.CharField(blank=True, max_length=300)),
                ('answer_hours', models.PositiveSmallIntegerField(default=48, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='hours to answer a failed delivery')),
                ('is_active', models.BooleanField(default=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical carrier',
                'verbose_name_plural': 'historical carriers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Carrier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('tracking_url', models.CharField(blank=True, max_length=300)),
                ('answer_hours', models.PositiveSmallIntegerField(default=48, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(720)], verbose_name='hours to answer a failed delivery')),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', django_fsm.FSMField(choices=[('created', 'Created'), ('label_ready', 'Label ready'), ('manifested', 'Manifested'), ('picked_up', 'Picked up'), ('in_transit', 'In transit'), ('out_for_delivery', 'Out for delivery'), ('attempt_failed', 'Attempt failed'), ('delayed', 'Delayed'), ('delivered', 'Delivered'), ('rto_initiated', 'Return to origin asked'), ('rto_in_transit', 'Coming back'), ('rto_received', 'Back at origin'), ('lost', 'Lost'), ('damaged', 'Damaged'), ('cancelled', 'Cancelled')], default='created', max_length=50, protected=True)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='orders.order')),
                ('fulfilment_order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shipments', to='fulfilment.fulfilmentorder')),
                ('carrier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fulfilment.carrier')),
                ('tracking_number', models.CharField(blank=True, db_index=True, max_length=80)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('dispatched_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('answer_by', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('is_historical', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('answer_by__isnull', False)), fields=['answer_by'], name='shipment_answer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['created', 'label_ready', 'manifested', 'picked_up', 'in_transit', 'out_for_delivery', 'attempt_failed', 'delayed', 'delivered', 'rto_initiated', 'rto_in_transit', 'rto_received', 'lost', 'damaged', 'cancelled'])), name='shipment_status_known'), models.CheckConstraint(condition=models.Q(('answer_by__isnull', True), ('status', 'attempt_failed'), _connector='OR'), name='shipment_answer_awaited')],
            },
        ),
        migrations.CreateModel(
            name='ShipmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='fulfilment.shipment')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shipment_lines', to='orders.orderline')),
                ('qty', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('shipment', 'line'), name='shipment_line_once'), models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='shipment_line_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='TrackingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tracking_events', to='fulfilment.shipment')),
                ('status', models.CharField(max_length=30)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_applied', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['-occurred_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LoosePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='loose', to='fulfilment.fulfilmentorderline')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.product')),
                ('picked', models.PositiveIntegerField(default=0)),
                ('packed', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('row', 'product'), name='loose_part_once'), models.CheckConstraint(condition=models.Q(('picked__gt', 0), ('packed__gt', 0), _connector='OR'), name='loose_part_not_empty')],
            },
        ),
    ])]
