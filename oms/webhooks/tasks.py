"""Celery entry points of webhooks. A lost nudge costs seconds: beat sweeps."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from oms.kernel.db import fetch
from oms.webhooks.send import send_due_webhooks

log = logging.getLogger(__name__)
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


def nudge_webhooks() -> None:
    """Ring the bell for the worker. Redis being down costs only the seconds until the next sweep."""
    try:
        send_webhooks.apply_async(retry=False, ignore_result=True)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("webhooks not nudged, the sweep will do it: %s", error)
