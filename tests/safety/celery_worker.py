"""A real Celery worker on the test database, with its sweeps twice a second or without any.

main("sweeping"), main("deaf") or main("slow"): `slow` says "working" when a mail has left and waits before it is noted as sent.
"""

import time
from typing import Any


def slow_down() -> None:
    from notifications.actions import send as sender

    real = sender._hand_over

    def slow(message):
        real(message)
        print("working", flush=True)
        time.sleep(0.8)

    sender._hand_over = slow


def main(mode: str) -> None:
    from celery.beat import EmbeddedService, Scheduler
    from celery.signals import worker_ready

    from oms.celery import app

    sweeps = ("oms.events.tasks.relay", "notifications.tasks.send_due")
    app.conf.beat_schedule = {name: {"task": name, "schedule": 0.5} for name in sweeps} if mode != "deaf" else {}
    app.conf.beat_max_loop_interval = 0.2
    app.conf.worker_redirect_stdouts = False
    if mode == "slow":
        slow_down()

    def begin(**_: Any) -> None:
        # Not before: two threads that load the tasks at the same moment can wait for each other's imports for ever.
        if mode != "deaf":
            EmbeddedService(app, thread=True, scheduler_cls=Scheduler).start()
        print("ready", flush=True)

    worker_ready.connect(begin, weak=False)
    app.worker_main(
        ["worker", "-P", "solo", "-l", "warning", "--without-mingle", "--without-gossip", "--without-heartbeat"]
    )
