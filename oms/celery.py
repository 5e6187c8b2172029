"""The Celery application and the beat schedule: PostgreSQL is the truth, these ticks only find what is due."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oms.settings")
app = Celery("oms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# name                     task                                   every (seconds, or a time of the business day)   why
SCHEDULE = (
    ("relay-sweep", "oms.events.tasks.relay", 5),  # deliveries whose nudge was lost
    ("inbox-sweep", "oms.intake.tasks.inbox", 5),  # messages from outside whose nudge was lost
    (
        "webhooks-sweep",
        "oms.webhooks.tasks.send_webhooks",
        10,
    ),  # events owed to endpoints: new, due again, left by a dead worker
    ("send-messages", "notifications.tasks.send_due", 10),  # messages queued or left by a dead worker
    ("expire-reservations", "orders.tasks.expire_reservations", 60),
    ("promise-stock", "orders.tasks.promise_stock", 20),  # new back-orders and a queue that moved get their day
    (
        "tell-stock",
        "orders.tasks.tell_stock",
        5,
    ),  # what moved since the last look, to the channels that are told their stock
    ("watch-levels", "inventory.tasks.watch_levels", 60),  # stock that became low, or is enough again; mails who asked
    ("release-timed-holds", "orders.tasks.release_timed_holds", 60),
    ("make-routine-steps", "orders.tasks.make_routine_steps", 15),  # confirm and release what admins' rules may
    ("place-recurring", "orders.tasks.place_recurring", 60),  # schedules whose moment has come, each day once
    ("run-imports", "orders.tasks.run_imports", 15),  # uploads whose nudge was lost or whose worker died
    ("run-stock-files", "inventory.tasks.run_stock_files", 15),  # products and stock, the same way
    ("post-stocktakes", "inventory.tasks.post_stocktakes", 15),  # those of many differences, the same way
    ("run-replays", "orders.tasks.run_replays", 15),  # routing drafts asked to be tried on past orders
    ("value-orders", "orders.tasks.value_orders", 3600),  # orders without an exchange rate whose day has one by now
    ("expire-returns", "returns.tasks.expire_returns", 3600),  # approved ones whose parcel never came
    ("expire-payments", "payments.tasks.expire_payments", 3600),  # never paid, or promised and not taken
    ("ask-suppliers", "orders.tasks.ask_suppliers", 600),  # orders whose supplier should have shipped by yesterday
    ("close-settled", "orders.tasks.close_settled", 3600),  # paid, delivered, window over
    ("audit", "oms.ops.tasks.audit", 60),  # once a night, and what admins were not told yet
    (
        "purge-finished",
        "oms.ops.tasks.purge_finished",
        crontab(hour=3, minute=10),
    ),  # notes nobody needs after KEEP_DAYS
    (
        "erase-old",
        "orders.tasks.erase_old",
        crontab(hour=3, minute=25),
    ),  # personal data kept as long as the house keeps it; off without a rule
    (
        "sweep-files",
        "orders.tasks.sweep_files",
        crontab(hour=3, minute=40),
    ),  # files whose row was never stored, or is gone
    ("heartbeat", "oms.ops.tasks.heartbeat", 30),  # doctor and /healthz see a worker that stopped working
)
app.conf.beat_schedule = {name: {"task": task, "schedule": every} for name, task, every in SCHEDULE}
