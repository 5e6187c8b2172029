"""Let the tags that orders came with be found: until now nothing looked for them."""

from django.db import migrations

ADD = """
UPDATE orders_order SET search_terms = ARRAY(
    SELECT DISTINCT term FROM unnest(search_terms || ARRAY(
        SELECT 'tag:' || lower(trim(regexp_replace(tag, '\\s+', ' ', 'g'))) FROM unnest(tags) tag
    )) term ORDER BY term
) WHERE tags <> '{}'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0014_customers_merge'),
    ]

    operations = [
        migrations.RunSQL(ADD, migrations.RunSQL.noop),
    ]
