"""The kernel: money, errors, lifecycle, events, intake, access, UI shell and operations. It knows no business app."""

from oms.celery import app as celery_app

__all__ = ["celery_app"]
