import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    replaces = [('reports', '0001_look')]

    initial = True

    dependencies = [
        ('access', '__first__'),
    ]

    operations = [Together([
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seen_until', models.DateTimeField()),
            ],
        ),
    ])]
