"""Carry owed events to their handlers: claimed with SKIP LOCKED, retried with backoff, parked with the error."""

import logging
import traceback
from datetime import timedelta

from django.db import DatabaseError, transaction

from oms.events.models import Delivery, DeliveryStatus
from oms.events.registry import handler_at
from oms.kernel.clock import now
from oms.kernel.nudge import nudge_on_commit

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 6
BACKOFF = (5, 30, 120, 600, 3600)  # seconds before attempts 2..6


def deliver_due(limit: int = 200) -> int:
    """Deliver up to `limit` due deliveries, one transaction each; return how many were attempted.

    The row lock is the lease: a worker that dies gives its delivery back the moment its connection ends, and the
    handler's database work is rolled back with it, so nothing is lost and nothing is done twice.
    """
    done = 0
    while done < limit and _deliver_next():
        done += 1
    return done


def _deliver_next() -> bool:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(status=DeliveryStatus.PENDING, next_at__lte=now())
            .order_by("next_at", "pk")
            .first()
        )
        if delivery is None:
            return False
        delivery.attempts += 1
        try:
            with transaction.atomic():
                _run(delivery)
        except Exception as error:  # any fault of a handler is recorded on its delivery, never swallowed
            _put_back(delivery, error)
        else:
            delivery.status, delivery.done_at, delivery.last_error = DeliveryStatus.DONE, now(), ""
            delivery.save(update_fields=["status", "done_at", "last_error", "attempts"])
    return True


def _run(delivery: Delivery) -> None:
    handler = handler_at(delivery.handler)
    if handler is None:
        raise LookupError(f"No handler {delivery.handler} in this version of the program.")
    handler(delivery.event)


def _put_back(delivery: Delivery, error: Exception) -> None:
    if isinstance(error, DatabaseError):
        log.warning("delivery %s met a database error: %s", delivery.pk, error)
    delivery.last_error = "".join(traceback.format_exception_only(error)).strip()[:2000]
    if delivery.attempts >= MAX_ATTEMPTS:
        delivery.status = DeliveryStatus.PARKED
    else:
        delivery.next_at = now() + timedelta(seconds=BACKOFF[delivery.attempts - 1])
    delivery.save(update_fields=["status", "next_at", "last_error", "attempts"])


def replay(delivery_ids: list[int]) -> int:
    """Put parked deliveries back in the queue with a fresh set of attempts; return how many."""
    parked = Delivery.objects.filter(pk__in=delivery_ids, status=DeliveryStatus.PARKED)
    count = parked.update(status=DeliveryStatus.PENDING, attempts=0, next_at=now())
    if count:
        nudge_on_commit("oms.events.tasks.relay")
    return count
