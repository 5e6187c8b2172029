import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from oms.webhooks.models import WebhookEndpoint
from tests.webhooks.receiver import Receiver

ROOT = Path(__file__).resolve().parents[2]


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
def sender():
    """Start `tests.webhooks.sender` on the test database, a process to be killed."""
    started: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        known = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
        database = {k: v for k, v in connection.settings_dict.items() if k in known}
        env = {**os.environ, "TEST_DATABASE": json.dumps(database), "DJANGO_SETTINGS_MODULE": "oms.settings"}
        started.append(subprocess.Popen([sys.executable, "-m", "tests.webhooks.sender"], cwd=ROOT, env=env))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
