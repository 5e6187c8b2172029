"""Celery entry points of operations."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import OperationalError

from oms.kernel.clock import now
from oms.ops import purge
from oms.ops.audit import audit_if_due, forget_old, mail_findings
from oms.ops.models import Heartbeat


# After a crash of the whole machine the worker may be up before the database is: it says so a second later, not at the next tick.
@shared_task(autoretry_for=(OperationalError,), default_retry_delay=1, max_retries=10)
def heartbeat() -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": now()})


@worker_ready.connect
def prove_at_once(**_: Any) -> None:
    """A worker just started proves itself through the queue, as it does on the beat's ticks later."""
    heartbeat.delay()


@shared_task
def purge_finished() -> dict[str, int]:
    forget_old()
    return purge.purge_finished()


@shared_task
def audit() -> bool:
    """Audit when the night's is due, and tell the admins what is new; whether there was an audit."""
    run = audit_if_due()
    mail_findings()
    return run is not None
