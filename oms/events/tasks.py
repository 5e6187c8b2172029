"""Celery entry points of the relay. A lost nudge costs seconds: beat sweeps."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from oms.events.relay import deliver_due

log = logging.getLogger(__name__)


@shared_task
def relay() -> int:
    return deliver_due()


def nudge_relay() -> None:
    """Ring the bell for the worker. Redis being down costs only the seconds until the next sweep."""
    try:
        relay.apply_async(retry=False, ignore_result=True)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("relay not nudged, the sweep will do it: %s", error)
