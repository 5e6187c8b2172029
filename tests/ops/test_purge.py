"""What was carried out long ago is forgotten; what waits, what is parked and every fact stays."""

from datetime import timedelta

import pytest

from oms.events.models import Delivery, Event
from oms.events.relay import deliver_due
from oms.intake.inbox import receive
from oms.intake.models import Connection, InboundMessage
from oms.kernel.clock import now, time_is
from oms.ops import purge
from oms.ops.tasks import purge_finished
from oms.webhooks.models import WebhookDelivery, WebhookEndpoint
from orders.actions.confirm import confirm_order
from tests.stories import placed

QUEUES = (Delivery, WebhookDelivery, InboundMessage)


@pytest.fixture
def three_of_each(shop):
    """A year ago, and again just now: three rows in each queue, the first of them done, the second parked, the third waiting."""
    WebhookEndpoint.objects.create(name="Ledger", url="https://ledger.example/", events=["*"])
    connection = Connection.objects.create(code="site", name="Site", handler="orders", channel_code="web")
    for days in (365, 0):
        with time_is(now() - timedelta(days=days)):
            for number in range(3):
                confirm_order(placed(("MUG", 1), paid="100.00").number, actor="system")
                receive(connection, external_id=f"{days}-{number}", body=b"{}")
            deliver_due()
            for queue in QUEUES:
                done, parked, waiting = queue.objects.order_by("-pk")[:3]
                queue.objects.filter(pk=done.pk).update(status="done", done_at=now())
                queue.objects.filter(pk=parked.pk).update(status="parked", done_at=None)
                queue.objects.filter(pk=waiting.pk).update(status="pending", done_at=None)


def old_done(queue) -> int:
    return queue.objects.filter(status="done", done_at__lt=now() - timedelta(days=90)).count()


@pytest.mark.parametrize("batch", [1, 5_000])
def test_only_what_was_done_long_ago_goes(three_of_each, monkeypatch, batch):
    monkeypatch.setattr(purge, "BATCH", batch)
    events = Event.objects.count()
    gone = {queue: old_done(queue) for queue in QUEUES}
    before = {queue: queue.objects.count() for queue in QUEUES}
    assert all(gone.values())

    told = purge_finished()

    assert {name: count for name, count in told.items() if count} == {q._meta.db_table: n for q, n in gone.items()}
    for queue in QUEUES:
        assert old_done(queue) == 0
        assert queue.objects.count() == before[queue] - gone[queue]
        assert queue.objects.filter(status="parked").count() == 2
        assert queue.objects.filter(status="done").exists()
    assert Event.objects.count() == events
    assert set(purge_finished().values()) == {0}


def test_the_setting_says_how_long(three_of_each, settings):
    settings.KEEP_DAYS = 400
    assert set(purge_finished().values()) == {0}
