"""Carry owed events to their handlers: claimed with SKIP LOCKED, retried with backoff, parked with the error."""

from oms.events.models import Delivery
from oms.events.registry import goes_in_steps, handler_at
from oms.kernel import queue
from oms.kernel.nudge import nudge_on_commit


def deliver_due(limit: int = 200) -> int:
    """Deliver up to `limit` due deliveries, one transaction each or as many as a handler makes; return how many were attempted."""
    return queue.work_due(Delivery, _run, joined="event", limit=limit, in_steps=_in_steps)


def _in_steps(delivery: Delivery) -> bool:
    return goes_in_steps(delivery.handler)


def _run(delivery: Delivery) -> dict:
    handler = handler_at(delivery.handler)
    if handler is None:
        raise LookupError(f"No handler {delivery.handler} in this version of the program.")
    handler(delivery.event)
    return {}


def replay(delivery_ids: list[int]) -> int:
    """Put parked deliveries back in the queue with a fresh set of attempts; return how many."""
    count = queue.put_back(Delivery.objects.filter(pk__in=delivery_ids))
    if count:
        nudge_on_commit("oms.events.tasks.relay")
    return count
