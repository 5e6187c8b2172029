"""The relay parks what keeps failing, and neither a dead nor an emptied Redis costs a message."""

import kombu.utils.functional
import pytest
import redis
import redis.retry
from celery import Celery
from django.core import mail

from notifications import handlers
from notifications.models import OutgoingMessage
from notifications.tasks import send_due
from oms.events.models import Delivery
from oms.events.relay import deliver_due, replay
from oms.kernel import nudge
from oms.kernel.clock import now
from oms.kernel.queue import MAX_ATTEMPTS
from oms.ops.services import redis_url
from orders.actions.confirm import confirm_order
from tests.returns import story

pytestmark = pytest.mark.django_db


def owed() -> Delivery:
    return Delivery.objects.get(handler="notifications.handlers.tell_customer")


def test_a_handler_that_keeps_failing_is_parked_with_its_error_and_others_flow(ana, order, monkeypatch):
    other = story.captured([story.mugs(1)], actor=ana)
    confirm_order(order.number, actor=ana)
    bad = owed()
    real = handlers.queue_message
    monkeypatch.setattr(handlers, "queue_message", lambda e: real(e) and 1 / 0 if e.stream == order.number else real(e))
    for _ in range(MAX_ATTEMPTS):
        deliver_due()
        Delivery.objects.filter(pk=bad.pk).update(next_at=now())
    confirm_order(other.number, actor=ana)
    deliver_due()

    bad.refresh_from_db()
    assert (bad.status, bad.attempts, bad.last_error) == ("parked", MAX_ATTEMPTS, "ZeroDivisionError: division by zero")
    # What the failing handler had written went with it; the other order's message is there.
    assert [m.order_id for m in OutgoingMessage.objects.all()] == [other.pk]

    monkeypatch.setattr(handlers, "queue_message", real)
    assert replay([bad.pk]) == 1
    deliver_due()
    assert OutgoingMessage.objects.filter(order=order).count() == 1


@pytest.fixture
def dead_broker(monkeypatch, settings) -> Celery:
    # Not the current app: every nudge of the tests after this one would go nowhere too.
    app = Celery("nowhere", broker="redis+socket:///nowhere/valkey.sock", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(nudge, "current_app", app)
    return app


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """What the broker's client asks to sleep between its tries; it does not sleep, so that no clock is read here."""
    asked: list[float] = []

    def ask(seconds: float) -> None:
        asked.append(seconds)
        if sum(asked) > 5:
            raise OSError("whoever pressed the button has left")

    monkeypatch.setattr(kombu.utils.functional, "sleep", ask)
    monkeypatch.setattr(redis.retry, "sleep", ask)
    return asked


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("dead_broker")
def test_with_redis_down_the_work_is_done_by_the_sweep(order, ana, pauses):
    confirm_order(order.number, actor=ana)  # nudges the relay on commit
    assert sum(pauses) < 1  # somebody waits for this click
    deliver_due()  # nudges the sender on commit

    assert send_due() == 1
    assert len(mail.outbox) == 1


def test_control_with_the_clients_own_retries_a_click_would_wait(dead_broker, pauses):
    dead_broker.conf.broker_transport_options = {}
    nudge.nudge("oms.events.tasks.relay")

    assert sum(pauses) > 5


@pytest.mark.django_db(transaction=True)
def test_emptying_redis_loses_nothing(order, ana):
    server = redis.Redis.from_url(redis_url())
    confirm_order(order.number, actor=ana)
    server.flushall()
    deliver_due()
    server.flushall()

    assert send_due() == 1
    server.flushall()
    assert send_due() == 0
    assert len(mail.outbox) == 1
