"""A PostgreSQL and a Valkey of the benchmark's own, in a folder thrown away at the end, with the settings of production."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_compression", "shared_buffers")


@contextlib.contextmanager
def services(folder: str | None = None) -> Iterator[Path]:
    """Start both, migrate, set Django up; stop both and remove their data whatever happens."""
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "OMS_PG_OPTIONS", "OMS_DEBUG"):
        os.environ.pop(name, None)
    var = Path(tempfile.mkdtemp(prefix="oms-bench-", dir=folder))
    os.environ |= {"OMS_VAR": str(var), "DJANGO_SETTINGS_MODULE": "oms.settings", "OMS_LOG_LEVEL": "ERROR"}
    from oms.ops.services import ensure_services, stop_services

    signal.signal(signal.SIGTERM, lambda *_: exit(1))
    try:
        ensure_services(say=lambda line: None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield var
    finally:
        with contextlib.suppress(Exception):
            from django.db import connections

            connections.close_all()
        stop_services()
        shutil.rmtree(var, ignore_errors=True)


def conditions() -> str:
    """What the figures depend on, in one line."""
    from django.db import connection

    values = []
    with connection.cursor() as cursor:
        for name in SHOWN:
            cursor.execute(f"SHOW {name}")
            values.append(f"{name} {cursor.fetchone()[0]}")
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f} before the run; PostgreSQL: {', '.join(values)}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def web(port: int, app: str = "oms.wsgi") -> Iterator[None]:
    """The web server as `make demo` runs it, or with another WSGI module in place of ours."""
    from oms.ops.embedded import die_with_parent
    from oms.ops.supervisor import commands

    command = [app if word == "oms.wsgi" else word for word in commands(port, False)["web"]]
    with (Path(os.environ["OMS_VAR"]) / "web.log").open("ab") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent())
    try:
        _wait(port)
        yield
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("the web server did not start")
