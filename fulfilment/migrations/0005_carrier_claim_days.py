"""Carriers take claims for lost parcels for so many days, each for its own."""

import django.core.validators
from django.db import migrations, models

from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('fulfilment', '0004_losses'),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='carrier',
                name='claim_days',
                field=models.PositiveSmallIntegerField(db_default=14, default=14, help_text='From the day its loss is noted, as your contract says. Claims that wait already keep their day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days to claim a lost parcel'),
            ),
            migrations.AddField(
                model_name='historicalcarrier',
                name='claim_days',
                field=models.PositiveSmallIntegerField(db_default=14, default=14, help_text='From the day its loss is noted, as your contract says. Claims that wait already keep their day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days to claim a lost parcel'),
            ),
        ]),
    ]
