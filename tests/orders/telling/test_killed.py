"""kill -9 before every single write of a look: the channel hears of each change once, in order. With two controls that lose one."""

import pytest

from inventory.actions.adjust import receive_stock
from oms.events.models import Event
from oms.kernel.db import fetch
from oms.webhooks.models import WebhookEndpoint
from orders.tasks import tell_stock
from orders.telling.look import LOCK

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 30  # writes; a look has far fewer


@pytest.fixture
def strike(shop, bear):
    """Kill a look that tells one mug more before its write `at`, then look again; whether there was such a one."""
    shop.tells_stock = True
    shop.save()
    WebhookEndpoint.objects.create(name="Marketplace", url="https://shop.example/hooks", events=["stock.changed"])
    tell_stock()

    def once(mode: str, at: object) -> bool:
        receive_stock("MUG", location="pune", qty=1, source=f"van {at}", actor="system")
        child = bear("tests.orders.telling.teller", mode, str(at))
        word = child.stdout.readline().strip()
        child.end()
        fetch("SELECT pg_advisory_lock(%s::int, 0)", [LOCK])  # it goes with the connection of who was killed
        fetch("SELECT pg_advisory_unlock(%s::int, 0)", [LOCK])
        tell_stock()
        return word == "stopped"

    return once


def heard() -> list[int]:
    """Every figure of mugs after the first, in the order they were sent."""
    sent = [s for e in Event.objects.filter(name="stock.changed").order_by("seq") for s in e.payload["skus"]]
    assert [s["sequence"] for s in sent] == sorted({s["sequence"] for s in sent}), "each number once, and upwards"
    return [s["available"] for s in sent if s["sku"] == "MUG"][1:]


def test_killed_before_any_write_every_change_is_told_once_and_in_order(strike):
    struck = next(at for at in range(1, MOST) if not strike("as it is", at))
    assert struck > 5, "it was stopped before each of its writes"
    assert heard() == [15 + n for n in range(1, struck + 1)]


@pytest.mark.parametrize(
    ("mode", "step"),
    [("mark first", "INSERT INTO orders_toldstock"), ("in pieces", "INSERT INTO events_event")],
    ids=["mark", "pieces"],
)
def test_negative_control_without_the_order_of_its_steps_a_change_is_lost(strike, mode, step):
    assert strike(mode, step)
    assert heard() == []
