"""A worker process to be killed in mid-call."""

from django.conf import settings


def main() -> None:
    from oms.webhooks.send import send_due_webhooks

    settings.DEMO = True
    send_due_webhooks()
