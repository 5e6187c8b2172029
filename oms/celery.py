"""The Celery application and the beat schedule: PostgreSQL is the truth, these ticks only find what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oms.settings")
app = Celery("oms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# name                     task                                   every (seconds)   why
SCHEDULE = (
    ("relay-sweep", "oms.events.tasks.relay", 5),  # deliveries whose nudge was lost
    ("send-messages", "notifications.tasks.send_due", 10),  # messages queued or left by a dead worker
    ("expire-reservations", "orders.tasks.expire_reservations", 60),
    ("release-timed-holds", "orders.tasks.release_timed_holds", 60),
    ("expire-returns", "returns.tasks.expire_returns", 3600),  # approved ones whose parcel never came
    ("close-settled", "orders.tasks.close_settled", 3600),  # paid, delivered, window over
    ("heartbeat", "oms.ops.tasks.heartbeat", 30),  # doctor and /healthz see a worker that stopped working
)
app.conf.beat_schedule = {name: {"task": task, "schedule": every} for name, task, every in SCHEDULE}
