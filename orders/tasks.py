"""Celery entry points of the order desk: sweeps that find what is due in the database."""

from celery import shared_task

from orders.actions import expire


@shared_task
def expire_reservations() -> int:
    return expire.expire_reservations()


@shared_task
def release_timed_holds() -> int:
    return expire.release_timed_holds()


@shared_task
def close_settled() -> int:
    return expire.close_settled()
