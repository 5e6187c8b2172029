"""Two people, one order to confirm, and a second process that can be killed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from oms.access.models import User
from tests.returns import story

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ana(db) -> User:
    return User.objects.create_user("ana", roles=["sales", "support"], display_name="Ana")


@pytest.fixture
def order(ana):
    return story.captured([story.mugs(2)], actor=ana)


@pytest.fixture
def worker():
    """Start `tests.notifications.worker <mode>` on the test database; every process left over is killed at the end."""
    started: list[subprocess.Popen] = []

    def start(mode: str) -> subprocess.Popen:
        database = {
            k: v
            for k, v in connection.settings_dict.items()
            if k in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.notifications.worker", mode], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "TEST_DATABASE": json.dumps(database), "DJANGO_SETTINGS_MODULE": "oms.settings"},
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
