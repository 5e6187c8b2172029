
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0002_in_sql'),
        ('payments', '0002_in_sql'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='refund',
                name='way',
                field=models.CharField(blank=True, choices=[('bank', 'Bank transfer'), ('upi', 'UPI'), ('cash', 'Cash')], db_default='', default='', max_length=10),
            ),
            migrations.AddField(
                model_name='refund',
                name='way_reason',
                field=models.CharField(blank=True, db_default='', default='', max_length=300),
            ),
            migrations.AddField(
                model_name='refund',
                name='way_to',
                field=models.CharField(blank=True, db_default='', default='', max_length=120),
            ),
            migrations.AddConstraint(
                model_name='refund',
                constraint=models.CheckConstraint(condition=models.Q(('way__in', ['', 'bank', 'upi', 'cash'])), name='refund_way_known'),
            ),
            migrations.AddConstraint(
                model_name='refund',
                constraint=models.CheckConstraint(condition=models.Q(('way', ''), models.Q(models.Q(('way_reason', ''), _negated=True), ('requested_by__isnull', False), models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('requested_by')), _negated=True), _connector='OR')), _connector='OR'), name='refund_other_way_by_two_people'),
            ),
        ]),
    ]
