"""Celery entry points of operations."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from oms.kernel.clock import now
from oms.ops import purge
from oms.ops.models import Heartbeat


@shared_task
def heartbeat() -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": now()})


@worker_ready.connect
def prove_at_once(**_: Any) -> None:
    """A worker just started proves itself through the queue, as it does on the beat's ticks later."""
    heartbeat.delay()


@shared_task
def purge_finished() -> dict[str, int]:
    return purge.purge_finished()
