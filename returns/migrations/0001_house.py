import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import django_fsm
import oms.kernel.models
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('returns', '0001_initial')]

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('inventory', '0001_house'),
        ('orders', '0001_house'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='HistoricalReturnReason',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.SlugField(max_length=40)),
                ('label', models.CharField(max_length=80)),
                ('is_our_fault', models.BooleanField(default=False, verbose_name="our fault or the courier's")),
                ('is_active', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=100)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical return reason',
                'verbose_name_plural': 'historical return reasons',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ReturnReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('label', models.CharField(max_length=80)),
                ('is_our_fault', models.BooleanField(default=False, verbose_name="our fault or the courier's")),
                ('is_active', models.BooleanField(default=True)),
                ('position', models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                'ordering': ['position', 'label'],
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', django_fsm.FSMField(choices=[('requested', 'Requested'), ('approved', 'Approved'), ('declined', 'Declined'), ('awaiting_item', 'Waiting for the parcel'), ('in_transit', 'On its way'), ('partially_received', 'Part-received'), ('received', 'Received'), ('inspected', 'Inspected'), ('resolved', 'Settled'), ('closed', 'Closed'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='requested', max_length=50, protected=True)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='orders.order')),
                ('type', models.CharField(choices=[('return', 'Return'), ('exchange', 'Exchange'), ('claim', 'Claim'), ('rto', 'Returned to origin')], default='return', max_length=10)),
                ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='returns.returnreason')),
                ('note', models.CharField(blank=True, max_length=500)),
                ('decision_note', models.CharField(blank=True, max_length=500)),
                ('settle_note', models.CharField(blank=True, max_length=500)),
                ('location', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('source', models.CharField(blank=True, max_length=60)),
                ('carrier', models.CharField(blank=True, max_length=60)),
                ('tracking_number', models.CharField(blank=True, max_length=80)),
                ('value_total', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('deduction', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('shipping_refund', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('refund_total', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('refund_number', models.CharField(blank=True, max_length=30)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('requested_by', models.CharField(max_length=80)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('in_transit_at', models.DateTimeField(blank=True, null=True)),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('inspected_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('status_since', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['status', 'status_since', 'id'], name='return_status_since'), models.Index(condition=models.Q(('status__in', ('approved', 'awaiting_item', 'in_transit'))), fields=['expires_at'], name='return_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'approved', 'declined', 'awaiting_item', 'in_transit', 'partially_received', 'received', 'inspected', 'resolved', 'closed', 'cancelled', 'expired'])), name='return_status_known'), models.CheckConstraint(condition=models.Q(('type__in', ['return', 'exchange', 'claim', 'rto'])), name='return_type_known'), models.CheckConstraint(condition=models.Q(('deduction__gte', 0), ('refund_total__gte', 0), ('shipping_refund__gte', 0), ('value_total__gte', 0)), name='return_money_not_negative'), models.CheckConstraint(condition=models.Q(('refund_total__lte', django.db.models.expressions.CombinedExpression(models.F('value_total'), '+', models.F('shipping_refund')))), name='return_refund_within_value'), models.UniqueConstraint(condition=models.Q(('type', 'rto'), models.Q(('source', ''), _negated=True)), fields=('source',), name='return_once_per_rto_shipment')],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rma', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='returns.return')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_lines', to='orders.orderline')),
                ('qty', models.PositiveIntegerField()),
                ('qty_received', models.PositiveIntegerField(default=0)),
                ('qty_inspected', models.PositiveIntegerField(default=0)),
                ('qty_restocked', models.PositiveIntegerField(default=0)),
                ('qty_accepted', models.PositiveIntegerField(default=0)),
                ('outcome', models.CharField(blank=True, choices=[('refund', 'Refund'), ('store_credit', 'Store credit'), ('exchange', 'Exchange'), ('replacement', 'Replacement'), ('repair', 'Repair'), ('reject', 'Refuse')], max_length=14)),
                ('value', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('refund_amount', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
            ],
            options={
                'ordering': ['line__position'],
                'constraints': [models.UniqueConstraint(fields=('rma', 'line'), name='return_line_once'), models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='return_line_qty_positive'), models.CheckConstraint(condition=models.Q(('qty_received__lte', models.F('qty'))), name='return_line_received_within_asked'), models.CheckConstraint(condition=models.Q(('qty_inspected__lte', models.F('qty_received'))), name='return_line_inspected_within_received'), models.CheckConstraint(condition=models.Q(('qty_restocked__lte', models.F('qty_inspected'))), name='return_line_restocked_within_inspected'), models.CheckConstraint(condition=models.Q(('qty_accepted__lte', models.F('qty'))), name='return_line_accepted_within_asked'), models.CheckConstraint(condition=models.Q(('refund_amount__gte', 0), ('refund_amount__lte', models.F('value'))), name='return_line_refund_within_value'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'refund', 'store_credit', 'exchange', 'replacement', 'repair', 'reject'])), name='return_line_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='returns.returnline')),
                ('qty', models.PositiveIntegerField()),
                ('condition', models.CharField(choices=[('as_new', 'As new, unopened'), ('opened', 'Opened, complete'), ('used', 'Used'), ('damaged', 'Damaged'), ('incomplete', 'Parts missing'), ('wrong_item', 'Not our item')], max_length=12)),
                ('disposition', models.CharField(choices=[('restock', 'Back on sale'), ('quarantine', 'Stay in quarantine'), ('refurbish', 'Refurbish'), ('return_to_vendor', 'Return to vendor'), ('scrap', 'Scrap'), ('customer_keeps', 'Back to the customer')], max_length=18)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('inspected_by', models.CharField(max_length=80)),
                ('inspected_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='inspection_qty_positive'), models.CheckConstraint(condition=models.Q(('condition__in', ['as_new', 'opened', 'used', 'damaged', 'incomplete', 'wrong_item'])), name='inspection_condition_known'), models.CheckConstraint(condition=models.Q(('disposition__in', ['restock', 'quarantine', 'refurbish', 'return_to_vendor', 'scrap', 'customer_keeps'])), name='inspection_disposition_known')],
            },
        ),
    ])]
