"""The whole house as `make demo` starts it, without demo data: up, a killed web comes back, everything stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from oms.ops.services import BASE
from tests.together import PATIENCE
from tests.together import eventually as soon_or_late

pytestmark = pytest.mark.slow
MODULE = [sys.executable, "-m", "oms.ops.supervisor"]

# A look goes through all processes of the machine or asks the house: often enough to take from it what it needs to start.
eventually = partial(soon_or_late, every=0.4)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(var: Path) -> dict[int, str]:
    """Every live process whose environment names this OMS_VAR, with its command."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"OMS_VAR={var}\0".encode() in (entry / "environ").read_bytes() + b"\0":
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # gone, or not ours
    return {pid: command for pid, command in found.items() if command}


class House:
    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port, self.out = var, port, var / "out.txt"
        given = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "OMS_PG_OPTIONS"}
        self.env = {key: value for key, value in os.environ.items() if key not in given}
        self.env |= {"OMS_VAR": str(var), "OMS_WEB_WORKERS": "1"}
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [*MODULE, "--port", str(self.port), "--empty"], cwd=BASE, env=self.env, stdout=out, stderr=out
            )
        eventually(lambda: "ready: " in self.out.read_text() or self.process.poll() is not None, "ready")
        assert f"ready: http://127.0.0.1:{self.port}/\n" in self.out.read_text(), self.out.read_text()

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [*MODULE, *arguments]
        return subprocess.run(
            command, cwd=BASE, env=self.env, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def health(self) -> dict:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=30) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError):
            return {}

    def worker_seen_since(self, moment: float) -> bool:
        age = self.health().get("worker_age")
        return age is not None and age < time.monotonic() - moment

    def pid_of(self, words: str) -> int:
        """The oldest process with these words in its command: the parent of its kind."""
        return min((pid for pid, command in processes_of(self.var).items() if words in command), default=0)


@pytest.fixture
def var(tmp_path_factory) -> Path:
    """Where the house lives. The first start makes the database, the second finds it."""
    var = tmp_path_factory.mktemp("house")
    for folder in (var, var.parent, var.parent.parent):
        folder.chmod(0o755)  # in nobody mode PostgreSQL must be able to enter the folder
    return var


@pytest.fixture
def house(var):
    house = House(var, free_port())
    yield house
    if house.process and house.process.poll() is None:
        house.process.terminate()
        house.process.wait(PATIENCE)
    house.run("--stop")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_house_starts_heals_recovers_from_a_killed_supervisor_and_stops(house):
    house.start()
    assert house.health()["database"] == "up"

    second = house.run("--port", str(house.port))
    assert (second.returncode, second.stdout) == (
        1,
        f"Already running: http://127.0.0.1:{house.port}/ (`make stop` ends it).\n",
    )

    struck = time.monotonic()
    for kind in ("gunicorn oms.wsgi", "celery -A oms worker", f"-D {house.var}"):
        killed = house.pid_of(kind)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: house.pid_of(kind) not in (0, killed), f"a new {kind}")  # noqa: B023
    eventually(lambda: house.health().get("database") == "up", "health after the kills")
    eventually(lambda: house.worker_seen_since(struck), "a sign of life of the new worker")

    collected = (house.var / "static" / "staticfiles.json").stat().st_mtime_ns
    house.process.kill()
    house.process.wait()
    eventually(lambda: not house.pid_of("gunicorn oms.wsgi"), "the end of the web process")
    killed_at = time.monotonic()
    house.start()
    eventually(lambda: house.worker_seen_since(killed_at), "a sign of life of the worker of the next start")
    assert "started PostgreSQL" not in house.out.read_text()  # it survived and was adopted
    assert (house.var / "static" / "staticfiles.json").stat().st_mtime_ns == collected  # nothing changed: not again

    stop = house.run("--stop")  # SIGTERM, as Ctrl-C and `make stop` have it end
    assert stop.stdout == "stopped\n"
    assert house.process.wait(PATIENCE) == 0
    eventually(lambda: not processes_of(house.var), "the end of every process")
    assert house.run("--stop").stdout == "nothing was running\n"


def test_a_port_in_use_is_said_plainly(house):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        refused = house.run("--port", str(house.port), "--empty")
    assert refused.returncode == 1
    assert f"Port {house.port} is in use. Choose another" in refused.stdout
