"""Celery entry points of webhooks. A lost nudge costs seconds: beat sweeps."""

from celery import shared_task

from oms.kernel.db import fetch
from oms.webhooks.send import send_due_webhooks

LOCK = 7_302  # advisory lock, held by the connection: it ends with a worker that dies


@shared_task
def send_webhooks() -> int:
    """Send what is due. One run at a time, so that slow receivers never take more than one of the worker's places."""
    if not fetch("SELECT pg_try_advisory_lock(%s::int, 0)", [LOCK])[0][0]:
        return 0
    try:
        return send_due_webhooks()
    finally:
        fetch("SELECT pg_advisory_unlock(%s::int, 0)", [LOCK])
