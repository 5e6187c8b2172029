"""Ring the bell for the worker. What is due stands in the database, so a bell nobody hears costs only the seconds until
the next sweep (`SCHEDULE` in oms/celery.py)."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def nudge(task: str) -> None:
    """Ask a worker to run `task` (its full name; it takes no arguments) now. Never fails: Redis may be down."""
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("%s not nudged, the sweep will do it: %s", task, error)


def nudge_on_commit(task: str) -> None:
    """The same, when and if the open transaction commits: a worker must find what it is called for."""
    transaction.on_commit(partial(nudge, task))
