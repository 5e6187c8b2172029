"""Ring the bell for the worker. Redis being down costs only the seconds until the next sweep."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
SEND_DUE = "notifications.tasks.send_due"


def nudge_sender() -> None:
    """Ask for messages to be sent now; never fails, beat asks again every few seconds."""
    try:
        current_app.send_task(SEND_DUE, retry=False, ignore_result=True)
    except (BrokerDown, RedisError, OSError) as error:
        log.warning("sender not nudged, the sweep will do it: %s", error)
