"""Celery entry points of the order desk: sweeps that find what is due in the database."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from orders.actions import expire
from orders.imports import batches

log = logging.getLogger(__name__)


@shared_task
def expire_reservations() -> int:
    return expire.expire_reservations()


@shared_task
def release_timed_holds() -> int:
    return expire.release_timed_holds()


@shared_task
def close_settled() -> int:
    return expire.close_settled()


@shared_task
def run_imports() -> int:
    """Check or import what people uploaded; runs of workers that died included."""
    return batches.run_due()


def nudge_imports() -> None:
    """Ring the bell for the worker. Redis being down costs only the seconds until the next sweep."""
    try:
        run_imports.apply_async(retry=False, ignore_result=True)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("imports not nudged, the sweep will do it: %s", error)
