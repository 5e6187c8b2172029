"""What checks find is said without what to do about it, which the page says now.

A finding that a person has cleared stays cleared while its sentence is the same; worded anew it would hold the order again.
"""

from django.db import migrations

SHORTEN = """
UPDATE orders_hold h
SET detail = regexp_replace(h.detail, '; (somebody who did not place it approves or declines|call the customer before you clear it'
  '|cancel the order, or clear this with the reason why it is fine|ask which one is meant, cancel or clear this)$', '')
FROM orders_order o
WHERE o.id = h.order_id AND o.status IN ('new', 'confirmed', 'processing')
  AND h.rule IN ('amount', 'blocked', 'fraud', 'twin', 'velocity') AND h.detail LIKE '%; %'
"""


class Migration(migrations.Migration):

    dependencies = [
        ("orders", "0018_file_days"),
    ]

    operations = [
        migrations.RunSQL(SHORTEN, migrations.RunSQL.noop),
    ]
