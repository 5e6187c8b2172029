"""A worker process to be killed in mid-call."""

from tests.notifications.worker import connect

if __name__ == "__main__":
    connect()
    from django.conf import settings

    from oms.webhooks.send import send_due_webhooks

    settings.DEMO = True
    send_due_webhooks()
