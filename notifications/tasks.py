"""Celery entry points of messages. They carry nothing: what is due stands in the database."""

from celery import shared_task

from notifications.actions.send import send_due_messages


@shared_task
def send_due() -> int:
    """Send what is due, messages of workers that died included."""
    return send_due_messages()
