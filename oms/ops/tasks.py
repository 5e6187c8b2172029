"""Celery entry points of operations."""

from celery import shared_task

from oms.kernel.clock import now
from oms.ops.models import Heartbeat


@shared_task
def heartbeat() -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": now()})
