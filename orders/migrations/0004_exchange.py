import django.db.models.deletion
import oms.kernel.clock
import oms.kernel.models
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together

# A house that has orders keeps its books in the currency most of them are in; those in it are worth what they are. The others
# get their rates when somebody enters the rates of their days. No past is kept of it: nobody changed an order.
VALUE = """
INSERT INTO orders_bookcurrency (currency, rate_days, is_only)
SELECT mode() WITHIN GROUP (ORDER BY currency), 31, true FROM orders_order HAVING count(*) > 0;
ALTER TABLE orders_order DISABLE TRIGGER orders_order_past;
UPDATE orders_order o SET book_currency = b.currency FROM orders_bookcurrency b WHERE b.currency <> 'INR';
UPDATE orders_order SET book_rate = 1, book_total = total WHERE currency = book_currency;
ALTER TABLE orders_order ENABLE TRIGGER orders_order_past;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0003_scarce_sku'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='BookCurrency',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(db_default='INR', default='INR', help_text='Three-letter code, like INR or AUD. Sums over several currencies, and limits that a currency has none of its own for, are in it. Choose it before the first order: afterwards it is fixed, because each order keeps the rate it was placed at.', max_length=3, verbose_name='book currency')),
                    ('rate_days', models.PositiveSmallIntegerField(db_default=31, default=31, help_text='An order is valued at the latest rate of its day or before. One older than this many days is not used: the order is taken without a rate, and Finance records one.', verbose_name='a rate holds for (days)')),
                    ('is_only', models.BooleanField(default=True, editable=False, unique=True)),
                ],
                options={
                    'verbose_name_plural': 'book currency',
                },
            ),
            migrations.CreateModel(
                name='ExchangeRate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(help_text='The foreign currency, like AUD: one unit of it is worth the rate.', max_length=3)),
                    ('into', models.CharField(default='INR', help_text='The book currency.', max_length=3, verbose_name='in')),
                    ('day', models.DateField(default=oms.kernel.clock.business_date, help_text='The first day it holds; it holds until the next one, within the days set at the book currency.')),
                    ('rate', models.DecimalField(decimal_places=8, help_text='How much of the book currency one unit buys: 55.2 for AUD in INR.', max_digits=18)),
                    ('source', models.CharField(help_text="Where it comes from: the bank's name, the central bank's list, a contract.", max_length=80)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'ordering': ['-day', 'currency'],
                },
            ),
            migrations.CreateModel(
                name='HistoricalBookCurrency',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('currency', models.CharField(db_default='INR', default='INR', help_text='Three-letter code, like INR or AUD. Sums over several currencies, and limits that a currency has none of its own for, are in it. Choose it before the first order: afterwards it is fixed, because each order keeps the rate it was placed at.', max_length=3, verbose_name='book currency')),
                    ('rate_days', models.PositiveSmallIntegerField(db_default=31, default=31, help_text='An order is valued at the latest rate of its day or before. One older than this many days is not used: the order is taken without a rate, and Finance records one.', verbose_name='a rate holds for (days)')),
                    ('is_only', models.BooleanField(db_index=True, default=True, editable=False)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_change_reason', models.CharField(max_length=100, null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ],
                options={
                    'verbose_name': 'historical book currency',
                    'verbose_name_plural': 'historical book currency',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='HistoricalExchangeRate',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('currency', models.CharField(help_text='The foreign currency, like AUD: one unit of it is worth the rate.', max_length=3)),
                    ('into', models.CharField(default='INR', help_text='The book currency.', max_length=3, verbose_name='in')),
                    ('day', models.DateField(default=oms.kernel.clock.business_date, help_text='The first day it holds; it holds until the next one, within the days set at the book currency.')),
                    ('rate', models.DecimalField(decimal_places=8, help_text='How much of the book currency one unit buys: 55.2 for AUD in INR.', max_digits=18)),
                    ('source', models.CharField(help_text="Where it comes from: the bank's name, the central bank's list, a contract.", max_length=80)),
                    ('created_at', models.DateTimeField(blank=True, editable=False)),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_change_reason', models.CharField(max_length=100, null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ],
                options={
                    'verbose_name': 'historical exchange rate',
                    'verbose_name_plural': 'historical exchange rates',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
        ]),
        Together([
            migrations.RemoveIndex(
                model_name='order',
                name='order_currency_largest',
            ),
            migrations.AddField(
                model_name='order',
                name='book_currency',
                field=models.CharField(db_default='INR', default='INR', max_length=3),
            ),
            migrations.AddField(
                model_name='order',
                name='book_rate',
                field=models.DecimalField(blank=True, decimal_places=8, max_digits=18, null=True),
            ),
            migrations.AddField(
                model_name='order',
                name='book_rate_on',
                field=models.DateField(blank=True, null=True),
            ),
            migrations.AddField(
                model_name='order',
                name='book_total',
                field=oms.kernel.models.MoneyField(blank=True, decimal_places=4, max_digits=26, null=True),
            ),
            migrations.RunSQL(VALUE, migrations.RunSQL.noop),
            migrations.AddIndex(
                model_name='order',
                index=models.Index(fields=['-book_total', '-id'], name='order_largest'),
            ),
            migrations.AddIndex(
                model_name='order',
                index=models.Index(condition=models.Q(('book_rate__isnull', True)), fields=['currency', 'placed_at'], name='order_unrated'),
            ),
            migrations.AddConstraint(
                model_name='order',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('book_rate__isnull', True), ('book_rate_on__isnull', True), ('book_total__isnull', True)), models.Q(('book_rate__gt', 0), ('book_total__isnull', False)), _connector='OR'), name='order_rate_with_its_worth'),
            ),
            migrations.AddConstraint(
                model_name='bookcurrency',
                constraint=models.CheckConstraint(condition=models.Q(('is_only', True)), name='book_currency_only_one'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.UniqueConstraint(fields=('currency', 'into', 'day'), name='rate_once_a_day', violation_error_message='There is a rate of this currency for this day already; change that one.'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='rate_positive', violation_error_message='A rate is above zero.'),
            ),
            migrations.AddConstraint(
                model_name='exchangerate',
                constraint=models.CheckConstraint(condition=models.Q(('currency', models.F('into')), _negated=True), name='rate_of_two_currencies', violation_error_message='A currency is worth itself; give the rate of another one.'),
            ),
            migrations.AddField(
                model_name='historicalbookcurrency',
                name='history_user',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='historicalexchangerate',
                name='history_user',
                field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AlterField(
                model_name='approvalrule',
                name='currency',
                field=models.CharField(help_text='A currency without a row here is held to the row of the book currency, at the exchange rate the order was placed at.', max_length=3, unique=True),
            ),
            migrations.AlterField(
                model_name='historicalapprovalrule',
                name='currency',
                field=models.CharField(db_index=True, help_text='A currency without a row here is held to the row of the book currency, at the exchange rate the order was placed at.', max_length=3),
            ),
        ]),
    ]
