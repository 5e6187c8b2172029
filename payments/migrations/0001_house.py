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

    replaces = [('payments', '0001_initial'), ('payments', '0002_numbers'), ('payments', '0003_once_and_within_amount')]

    initial = True

    dependencies = [
        ('access', '__first__'),
        ('orders', '0001_house'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('status', django_fsm.FSMField(choices=[('pending', 'Pending'), ('verification_pending', 'To verify'), ('authorized', 'Authorised'), ('captured', 'Received'), ('partially_refunded', 'Part-refunded'), ('refunded', 'Refunded'), ('voided', 'Voided'), ('failed', 'Failed'), ('expired', 'Expired'), ('disputed', 'Disputed'), ('cod_due', 'COD due'), ('cod_collected', 'With the courier')], default='pending', max_length=50, protected=True)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='orders.order')),
                ('method', models.CharField(choices=[('card', 'Card'), ('upi', 'UPI'), ('bank', 'Bank transfer'), ('cash', 'Cash'), ('cod', 'Cash on delivery'), ('voucher', 'Voucher'), ('wallet', 'Wallet'), ('boleto', 'Boleto'), ('debit', 'Direct debit'), ('marketplace', 'Marketplace'), ('other', 'Other')], max_length=12)),
                ('amount', oms.kernel.models.MoneyField(decimal_places=4, max_digits=16)),
                ('currency', models.CharField(max_length=3)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('captured_amount', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('refunded_amount', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('pending_refund_amount', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('is_historical', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('request_key', models.UUIDField(editable=False, null=True)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ('verification_pending', 'cod_due', 'cod_collected', 'disputed'))), fields=['status', 'received_at', 'id'], name='payment_queue'), models.Index(fields=['received_at', 'id'], name='payment_received')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'verification_pending', 'authorized', 'captured', 'partially_refunded', 'refunded', 'voided', 'failed', 'expired', 'disputed', 'cod_due', 'cod_collected'])), name='payment_status_known'), models.CheckConstraint(condition=models.Q(('method__in', ['card', 'upi', 'bank', 'cash', 'cod', 'voucher', 'wallet', 'boleto', 'debit', 'marketplace', 'other'])), name='payment_method_known'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('captured_amount__gte', 0), ('pending_refund_amount__gte', 0), ('refunded_amount__gte', 0)), name='payment_not_negative'), models.CheckConstraint(condition=models.Q(('captured_amount__gte', django.db.models.expressions.CombinedExpression(models.F('refunded_amount'), '+', models.F('pending_refund_amount')))), name='payment_refunds_within_captured'), models.CheckConstraint(condition=models.Q(('captured_amount__lte', models.F('amount'))), name='payment_captured_within_amount'), models.UniqueConstraint(fields=('order', 'request_key'), name='payment_request_once'), models.UniqueConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), models.Q(('status__in', ('failed', 'voided', 'expired')), _negated=True)), fields=('order', 'method', 'reference'), name='payment_reference_once')],
            },
        ),
        migrations.CreateModel(
            name='PaymentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='payments.payment')),
                ('kind', models.CharField(choices=[('recorded', 'Recorded'), ('cod_due', 'Left to the courier'), ('authorized', 'Authorised'), ('captured', 'Received'), ('refunded', 'Refunded'), ('collected', 'Collected by the courier'), ('voided', 'Voided'), ('failed', 'Failed'), ('expired', 'Expired'), ('disputed', 'Disputed'), ('settled', 'Dispute settled')], max_length=12)),
                ('amount', oms.kernel.models.MoneyField(decimal_places=4, default=0, max_digits=16)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('source', models.CharField(blank=True, db_default='', max_length=40)),
                ('external_id', models.CharField(blank=True, db_default='', max_length=120)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor_name', models.CharField(max_length=80)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['recorded', 'cod_due', 'authorized', 'captured', 'refunded', 'collected', 'voided', 'failed', 'expired', 'disputed', 'settled'])), name='payment_fact_known'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='payment_fact_once')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', django_fsm.FSMField(choices=[('requested', 'Asked for'), ('approved', 'Approved'), ('sent', 'Sent'), ('succeeded', 'Refunded'), ('failed', 'Failed'), ('declined', 'Declined')], default='requested', max_length=50, protected=True)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='orders.order')),
                ('amount', oms.kernel.models.MoneyField(decimal_places=4, max_digits=16)),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(max_length=300)),
                ('decision_note', models.CharField(blank=True, max_length=300)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('is_historical', models.BooleanField(default=False)),
                ('requested_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by_name', models.CharField(max_length=80)),
                ('approved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('approved_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('request_key', models.UUIDField(editable=False, null=True)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ('requested', 'approved', 'sent'))), fields=['status', 'requested_at', 'id'], name='refund_queue'), models.Index(fields=['requested_at', 'id'], name='refund_requested')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'approved', 'sent', 'succeeded', 'failed', 'declined'])), name='refund_status_known'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_positive'), models.UniqueConstraint(fields=('order', 'request_key'), name='refund_request_once')],
            },
        ),
        migrations.CreateModel(
            name='RefundPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='payments.refund')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_parts', to='payments.payment')),
                ('amount', oms.kernel.models.MoneyField(decimal_places=4, max_digits=16)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('refund', 'payment'), name='refund_part_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_part_positive')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalRefundPolicy',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('currency', models.CharField(db_index=True, max_length=3)),
                ('limit', oms.kernel.models.MoneyField(decimal_places=4, max_digits=16)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical refund policy',
                'verbose_name_plural': 'historical refund policies',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='RefundPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3, unique=True)),
                ('limit', oms.kernel.models.MoneyField(decimal_places=4, max_digits=16)),
            ],
            options={
                'verbose_name_plural': 'refund policies',
                'ordering': ['currency'],
                'constraints': [models.CheckConstraint(condition=models.Q(('limit__gte', 0)), name='refund_limit_not_negative')],
            },
        ),
    ])]
