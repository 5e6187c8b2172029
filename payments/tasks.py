"""Celery entry points of payments."""

import logging

from celery import shared_task

from oms.kernel.errors import Busy, Refused
from payments.actions.void import expire_payment
from payments.models import Payment

log = logging.getLogger(__name__)


@shared_task
def expire_payments() -> int:
    """End payments nobody finished in time; one whose order somebody is working on waits for the next tick."""
    ended = 0
    for number in list(Payment.objects.lapsed().values_list("number", flat=True)[:500]):
        try:
            expire_payment(number, actor="system")
            ended += 1
        except (Busy, Refused) as later:
            log.info("%s not expired now: %s", number, later)
    return ended
