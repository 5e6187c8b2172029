"""The watch over what tests leave behind sees each kind of leak: its own negative control."""

import subprocess
import sys
import threading

import pytest
from celery import Celery
from django.test import override_settings
from django.utils import timezone

from oms.celery import app
from oms.kernel.clock import now, time_is
from tests.leaks import leaks, snapshot


@pytest.fixture
def told():
    """What the watch would say now, against the start of the test."""
    before = snapshot()
    return lambda: leaks(before, snapshot())


def test_nothing_is_nothing(told):
    assert told() == []


def test_a_celery_app_that_made_itself_the_current_one(told):
    Celery("nowhere").set_current()
    try:
        assert told() == ["celery.current_app: oms became nowhere"]
    finally:
        app.set_current()


def test_a_setting_overridden_and_one_written(told, settings):
    with override_settings(TIME_ZONE="UTC"):
        assert "the settings object" in {line.partition(":")[0] for line in told()}
    assert told() == []
    settings.EMAIL_PORT = 26
    assert "settings" in {line.partition(":")[0] for line in told()}


def test_an_environment_variable(told, monkeypatch):
    monkeypatch.setenv("OMS_STRAY", "1")
    assert told() == ["os.environ: OMS_STRAY"]


def test_a_zone_and_a_told_time(told):
    with timezone.override("Pacific/Auckland"), time_is(now()):
        assert [line.partition(":")[0] for line in told()] == ["the zone", "the told time"]


def test_a_thread_and_a_process(told):
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="stray")
    thread.start()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = " ".join(told())
        assert "stray left behind" in found
        assert f"{process.pid} " in found
        process.communicate()
    end.set()
    thread.join()
    assert told() == []
