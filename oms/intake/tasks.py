"""Celery entry points of the inbox. A lost nudge costs seconds: beat sweeps."""

from celery import shared_task

from oms.intake.inbox import work_due


@shared_task
def inbox() -> int:
    return work_due()
