"""Forget what was carried out long ago. The facts stay: events are never deleted, only the notes of who was told."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models

from oms.events.models import Delivery
from oms.intake.models import InboundMessage
from oms.kernel.clock import now
from oms.webhooks.models import WebhookDelivery

QUEUES: tuple[type[models.Model], ...] = (Delivery, WebhookDelivery, InboundMessage)
# What other apps keep as long: by the name of what goes, what forgets it and says how many went.
_others: dict[str, Callable[[datetime], int]] = {}
BATCH = 5_000  # rows of one statement: short locks, and a stop in the middle loses nothing

# By id, which is the order of time: a batch finds its rows at the beginning of the table.
FORGET = """
DELETE FROM {table} WHERE id IN (
  SELECT id FROM {table} WHERE status = 'done' AND done_at < %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


def also(name: str, forget: Callable[[datetime], int]) -> None:
    """Called once, while apps start: `forget` what ended before the moment."""
    _others[name] = forget


def purge_finished() -> dict[str, int]:
    """Delete finished deliveries, webhooks and inbox messages older than KEEP_DAYS, and what others keep; how many of each.

    What waits or is parked stays, however old: somebody still has to look at it.
    """
    before = now() - timedelta(days=settings.KEEP_DAYS)
    gone = {queue._meta.db_table: _forget(queue._meta.db_table, before) for queue in QUEUES}
    return gone | {name: forget(before) for name, forget in _others.items()}


def _forget(table: str, before: datetime) -> int:
    count = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FORGET.format(table=connection.ops.quote_name(table)), [before, BATCH])
            count += cursor.rowcount
            if cursor.rowcount < BATCH:
                return count
