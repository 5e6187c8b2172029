"""Celery entry points of the relay. A lost nudge costs seconds: beat sweeps."""

from celery import shared_task

from oms.events.relay import deliver_due


@shared_task
def relay() -> int:
    return deliver_due()
