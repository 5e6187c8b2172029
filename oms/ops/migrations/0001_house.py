from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('ops', '0001_initial')]

    initial = True

    dependencies = [
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
    ])]
