"""Celery entry points of the inbox. A lost nudge costs seconds: beat sweeps."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from oms.intake.inbox import work_due

log = logging.getLogger(__name__)


@shared_task
def inbox() -> int:
    return work_due()


def nudge_inbox() -> None:
    """Ring the bell for the worker. Redis being down costs only the seconds until the next sweep."""
    try:
        inbox.apply_async(retry=False, ignore_result=True)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("inbox not nudged, the sweep will do it: %s", error)
