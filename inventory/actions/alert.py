"""Notice stock that fell below its safety stock, once, and that there is enough of it again; say who wants a mail."""

from typing import Any

from django.db import connection, transaction

from inventory.models import AlertWatch
from oms.access.models import User
from oms.events.publish import Fact, publish_all
from oms.kernel.clock import now
from oms.kernel.errors import Refused

LOW = "s.safety_stock > 0 AND s.available < s.safety_stock"
RAISE = f"""
WITH raised AS (
  INSERT INTO inventory_stockalert (product_id, location_id, threshold, available, raised_at, mail_attempts)
  SELECT s.product_id, s.location_id, s.safety_stock, s.available, %s, 0 FROM inventory_stocklevel s
  JOIN inventory_location l ON l.id = s.location_id AND l.is_active
  WHERE {LOW} ORDER BY s.product_id, s.location_id
  ON CONFLICT (product_id, location_id) WHERE cleared_at IS NULL DO NOTHING
  RETURNING id, product_id, location_id, available, threshold
)
SELECT r.id, p.sku, l.code, r.available, r.threshold FROM raised r
JOIN inventory_product p ON p.id = r.product_id JOIN inventory_location l ON l.id = r.location_id ORDER BY r.id
"""  # noqa: S608
CLEAR = f"""
WITH over AS (
  SELECT a.id, s.available, s.safety_stock FROM inventory_stockalert a
  JOIN inventory_stocklevel s USING (product_id, location_id)
  WHERE a.cleared_at IS NULL AND NOT ({LOW})
), cleared AS (
  UPDATE inventory_stockalert a SET cleared_at = %s FROM over WHERE a.id = over.id AND a.cleared_at IS NULL
  RETURNING a.id, a.product_id, a.location_id, over.available, over.safety_stock
)
SELECT c.id, p.sku, l.code, c.available, c.safety_stock FROM cleared c
JOIN inventory_product p ON p.id = c.product_id JOIN inventory_location l ON l.id = c.location_id ORDER BY c.id
"""  # noqa: S608
# Put off while there was something left: without the last unit it cannot wait for its day.
WAKE = """
WITH woken AS (
  UPDATE inventory_stockalert a SET off_until = NULL FROM inventory_stocklevel s
  WHERE (s.product_id, s.location_id) = (a.product_id, a.location_id)
    AND a.cleared_at IS NULL AND a.off_until IS NOT NULL AND s.available <= 0
  RETURNING a.id, a.product_id, a.location_id, s.available, a.threshold
)
SELECT w.id, p.sku, l.code, w.available, w.threshold FROM woken w
JOIN inventory_product p ON p.id = w.product_id JOIN inventory_location l ON l.id = w.location_id ORDER BY w.id
"""


@transaction.atomic
def check_levels() -> tuple[int, int]:
    """Raise an alert for each level that is low and has none, clear those that are not low any more; how many of each.

    What was put off comes back when its last unit goes.

    Levels are only read, so no claim ever waits for this. Two runs at once raise each alert once.
    """
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(CLEAR, [at])
        cleared = cursor.fetchall()
        cursor.execute(RAISE, [at])
        raised = cursor.fetchall()
        cursor.execute(WAKE)
        woken = cursor.fetchall()
    facts = [_fact("inventory.enough_again", *row) for row in cleared]
    facts += [_fact("inventory.fell_below", *row) for row in raised]
    facts += [_fact("inventory.alert_came_back", *row) for row in woken]
    publish_all(facts, actor="Stock alerts")
    return len(raised), len(cleared)


@transaction.atomic
def watch_stock(user: User, *, on: bool) -> bool:
    """Set whether `user` gets a mail when stock becomes low; returns what it was. Refuses people without an address."""
    before = AlertWatch.objects.filter(user=user).exists()
    if on and not user.email:
        raise Refused("no_address", "There is no e-mail address in your account; ask an administrator to add it.")
    if on and not before:
        AlertWatch.objects.create(user=user, since=now())
    elif not on:
        AlertWatch.objects.filter(user=user).delete()
    return before


def _fact(name: str, pk: int, sku: str, location: str, available: int, threshold: int) -> Fact:
    payload: dict[str, Any] = {"sku": sku, "location": location, "available": available, "threshold": threshold}
    return Fact(name, sku[:60], stream=f"alert-{pk}", payload=payload)
