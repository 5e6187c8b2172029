"""FLUSHALL at any moment costs seconds, never a message: with a real Celery worker, and a control that shows the loss."""

import time
from pathlib import Path
from select import select

import pytest
import redis

from notifications.actions.send import send_due_messages
from notifications.models import MailboxMessage, OutgoingMessage
from oms.events.models import Delivery
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.ops.doctor.registry import run_all
from oms.ops.services import redis_url
from orders.actions.confirm import confirm_order
from tests.conftest import make_shop
from tests.nursery import Child
from tests.stories import placed
from tests.together import PATIENCE, eventually

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server():
    server = redis.Redis.from_url(redis_url())
    server.flushall()
    return server


@pytest.fixture
def worker(bear):
    """Start a worker in a mode and wait until it listens."""

    def start(mode: str) -> Child:
        process = bear("tests.safety.celery_worker", mode)
        hears(process, "ready")
        return process

    return start


def hears(process, word: str) -> None:
    until, last = time.monotonic() + PATIENCE, "nothing"
    while (left := until - time.monotonic()) > 0 and select([process.stdout], [], [], left)[0]:
        if not (line := process.stdout.readline()):
            break
        if (last := line.strip()) == word:
            return
    pytest.fail(f"the worker never said {word}; its last word was {last}")


def confirmed():
    order = placed(("MUG", 1), paid="100.00")
    confirm_order(order.number, actor="system")
    return order


def arrived(count: int, patience: float = PATIENCE) -> bool:
    """Whether `count` mails are there before patience ends, and nothing is owed any more."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        sent = OutgoingMessage.objects.filter(status="sent").count()
        if sent == count and not Delivery.objects.filter(status="pending").exists():
            return MailboxMessage.objects.count() == count
        time.sleep(0.1)
    return False


def test_emptied_after_placing_before_anybody_listens(server, worker):
    make_shop()
    confirmed()
    server.flushall()
    worker("sweeping")
    assert arrived(1)


def test_emptied_again_and_again_while_orders_come_in(server, worker):
    make_shop()
    worker("sweeping")
    for _ in range(8):
        confirmed()
        server.flushall()
        time.sleep(0.1)
    assert arrived(8)
    assert len(set(MailboxMessage.objects.values_list("message_id", flat=True))) == 8
    assert not any(run_all(["deliveries.stuck", "events.seq", "orders.answer"]).values())


def test_emptied_in_the_middle_of_sending(server, worker):
    make_shop()
    confirmed()
    process = worker("slow")
    hears(process, "working")  # the mail has left and is not noted yet
    server.flushall()
    confirmed()
    server.flushall()
    assert arrived(2)


def test_emptied_under_a_worker_that_is_killed_too(server, worker):
    make_shop()
    confirmed()
    process = worker("slow")
    hears(process, "working")
    process.kill()
    server.flushall()
    OutgoingMessage.objects.filter(status="sending").update(claimed_until=now())  # its lease runs out
    worker("sweeping")
    assert arrived(1)


def test_negative_control_without_the_sweep_the_message_stays_behind(server, worker):
    make_shop()
    confirmed()
    server.flushall()
    worker("deaf")
    assert not arrived(1, patience=1.5)
    owed = Delivery.objects.filter(handler__startswith="notifications", status="pending")
    assert (OutgoingMessage.objects.count(), owed.count()) == (0, 1)
    while deliver_due() or send_due_messages():  # the sweep, by hand
        pass
    # By this process, or by the worker: the delivery nudged it, and it may still be sending.
    eventually(lambda: OutgoingMessage.objects.get().status == "sent", "the mail")


def test_control_with_redis_left_alone_the_nudge_alone_is_enough(server, worker):
    make_shop()
    order = placed(("MUG", 1), paid="100.00")
    worker("deaf")
    confirm_order(order.number, actor="system")
    assert arrived(1)
