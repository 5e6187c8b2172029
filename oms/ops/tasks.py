"""Celery entry points of operations."""

from celery import shared_task

from oms.kernel.clock import now
from oms.ops import purge
from oms.ops.models import Heartbeat


@shared_task
def heartbeat() -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": now()})


@shared_task
def purge_finished() -> dict[str, int]:
    return purge.purge_finished()
