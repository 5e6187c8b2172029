"""`python -m oms.ops.supervisor`: the whole house on one machine, until Ctrl-C. Children that die are started again."""

import argparse
import contextlib
import fcntl
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from oms.ops.embedded import ServiceError, die_with_parent
from oms.ops.services import BASE, ensure_services, stop_services, var_dir

BACKOFF = (0.5, 1, 2, 5, 10)
LOG_MAX = 10_000_000  # a log longer than this is put aside at the next start


class Stopped(BaseException):
    """Ctrl-C or SIGTERM: leave, wherever we are, through the one way out. No handler of errors may swallow it."""


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


class Child:
    """One process of the house, started again when it dies, with a pause that grows while it keeps dying."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command, self.deaths, self.next_start = name, command, 0, 0.0
        self.log = var_dir() / f"{name}.log"
        if self.log.exists() and self.log.stat().st_size > LOG_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=BASE, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(),
            )  # fmt: skip
        self.started = time.monotonic()

    def look(self) -> None:
        code = self.process.poll()
        if code is None:
            if self.deaths and time.monotonic() - self.started > 30:
                self.deaths = 0
            return
        if not self.next_start:
            pause = BACKOFF[min(self.deaths, len(BACKOFF) - 1)]
            say(f"{self.name} ended with {code}; starting it again in {pause} s (log: {self.log})")
            self.kill_group()  # the dead parent's own children would keep its port or its tasks
            self.deaths, self.next_start = self.deaths + 1, time.monotonic() + pause
        elif time.monotonic() >= self.next_start:
            self.next_start = 0.0
            self.start()

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end, at most until then; whatever is left of its process group is killed."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, until - time.monotonic()))
        self.kill_group()
        self.process.wait(5)

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def commands(port: int, reload: bool) -> dict[str, list[str]]:
    py = sys.executable
    web = [
        py, "-m", "gunicorn", "oms.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", os.environ.get("OMS_WEB_WORKERS", "2"),
        "--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--timeout", "60",
    ]  # fmt: skip
    celery = [py, "-m", "celery", "-A", "oms"]
    level = ["-l", os.environ.get("OMS_LOG_LEVEL", "info").lower()]
    worker = [*celery, "worker", *level, "-c", "2", "--without-mingle", "--without-gossip"]
    beat = [*celery, "beat", *level, "--pidfile=", "-s", str(var_dir() / "celerybeat")]
    return {"web": [*web, "--reload"] if reload else web, "worker": worker, "beat": beat}


def prepare(empty: bool) -> None:
    """Everything before the first request: services, tables, static files, demo data."""
    ensure_services(say)
    command = [sys.executable, "manage.py", "prepare", *(["--empty"] if empty else [])]
    if subprocess.run(command, cwd=BASE, check=False).returncode:
        raise ServiceError("`manage.py prepare` failed; its message is above.")


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServiceError(f"Port {port} is in use. Choose another: `make demo PORT={port + 10}`.") from error


def wait_for_web(url: str, children: list[Child], timeout: float = 180) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}healthz", timeout=2) as answer:  # noqa: S310  our own http address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass  # not up yet
        for child in children:
            child.look()
        time.sleep(0.1)
    raise ServiceError(f"The web server did not answer within {timeout:.0f} s; see {var_dir() / 'web.log'}.")


def keep(children: list[Child]) -> None:
    """Watch, for ever: what dies is started again. A signal ends it (Stopped)."""
    for tick in itertools.count(1):
        for child in children:
            child.look()
        if tick % 10 == 0:
            ensure_services(say)  # a killed PostgreSQL or Valkey is started again, with its data
        time.sleep(0.2)


def raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


def stop_all(children: list[Child]) -> None:
    """End the children side by side, then the services under them. Further signals wait: this takes seconds at most."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + 10
    for child in children:
        child.wait(until)
    stop_services()
    say("stopped")


def run(port: int, empty: bool, reload: bool) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oms.settings")
    var = var_dir()
    var.mkdir(parents=True, exist_ok=True)
    with (var / "supervisor.pid").open("a+") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            mine.seek(0)
            say(f"Already running: {mine.read().strip().split(' ')[-1]} (`make stop` ends it).")
            return 1
        url = f"http://127.0.0.1:{port}/"
        mine.truncate(0)
        mine.write(f"{os.getpid()} {url}")
        mine.flush()
        children: list[Child] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, raise_stopped)
        try:
            check_port(port)
            prepare(empty)
            children.extend(Child(name, command) for name, command in commands(port, reload).items())
            wait_for_web(url, children)
            say(f"ready: {url}")
            keep(children)
        except Stopped:
            return 0
        except ServiceError as error:
            say(str(error))
            return 1
        finally:
            stop_all(children)
    return 0


def stop_running() -> None:
    """`make stop`: end this checkout's supervisor, else the services a manage.py command left running."""
    path = Path(var_dir() / "supervisor.pid")
    if path.exists():
        with path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.kill(int(file.read().split()[0]), signal.SIGTERM)
                fcntl.flock(file, fcntl.LOCK_EX)  # held by the supervisor until it is done
                say("stopped")
                return
    names = stop_services() if var_dir().exists() else []
    say(f"stopped {' and '.join(names)}" if names else "nothing was running")


def main() -> int:
    parser = argparse.ArgumentParser(prog="oms.ops.supervisor", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--empty", action="store_true", help="start without demo orders")
    parser.add_argument("--reload", action="store_true", help="restart the web process when code changes")
    parser.add_argument("--stop", action="store_true", help="stop what runs for this checkout")
    asked = parser.parse_args()
    if asked.stop:
        stop_running()
        return 0
    return run(asked.port, asked.empty, asked.reload)


if __name__ == "__main__":
    sys.exit(main())
