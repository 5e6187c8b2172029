"""Celery entry points of returns."""

import logging

from celery import shared_task

from oms.kernel.errors import Busy, Refused
from returns.actions.finish import expire_return
from returns.models import Return

log = logging.getLogger(__name__)


@shared_task
def expire_returns() -> int:
    """End approved returns whose parcel never came; one that somebody is working on waits for the next tick."""
    ended = 0
    for number in Return.objects.lapsed().values_list("number", flat=True)[:200]:
        try:
            expire_return(number)
            ended += 1
        except (Busy, Refused) as later:
            log.info("%s not expired now: %s", number, later)
    return ended
