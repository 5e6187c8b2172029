from functools import partial

import pytest

from oms.webhooks.models import WebhookEndpoint
from tests.webhooks.receiver import Receiver


@pytest.fixture(autouse=True)
def demo(settings):
    """The receiver is on this machine and speaks plain http, as in the demo; tests of the guard switch this off."""
    settings.DEMO = True


@pytest.fixture
def receiver():
    it = Receiver()
    it.up()
    yield it
    it.down()


@pytest.fixture
def endpoint(shop, receiver) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(name="Ledger", url=receiver.url, events=["orders.*"])


@pytest.fixture
def sender(bear):
    """Start `tests.webhooks.sender` on the test database, a process to be killed."""
    return partial(bear, "tests.webhooks.sender")
