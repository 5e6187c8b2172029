"""The embedded servers: start, adopt, stop, and come back by themselves with their data after kill -9."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from oms.ops.embedded import Postgres, ServiceError, Valkey

pytestmark = pytest.mark.slow


@pytest.fixture
def var():
    # Not tmp_path: pytest's folders are 0700, and a root run without user namespaces starts PostgreSQL as nobody.
    folder = Path(tempfile.mkdtemp(prefix="oms-ops-"))
    folder.chmod(0o755)
    yield folder
    for server in (Postgres(folder), Valkey(folder)):
        server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def query(postgres: Postgres, sql: str) -> list:
    with psycopg.connect(host=str(postgres.run), user="postgres", dbname="postgres", autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_postgres_starts_once_is_adopted_and_stops(var):
    postgres = Postgres(var)
    assert postgres.start() is True
    assert Postgres(var).start() is False
    Postgres(var).ensure_database("shop")
    Postgres(var).ensure_database("shop")
    assert postgres.stop() is True
    assert (postgres.pid(), postgres.answers(), Postgres(var).stop()) == (None, False, False)


def test_postgres_keeps_acknowledged_rows_through_kill_nine(var):
    postgres = Postgres(var)
    postgres.start()
    query(postgres, "CREATE TABLE kept AS SELECT generate_series(1, 500) AS n")
    os.kill(postgres.pid(), signal.SIGKILL)
    again = Postgres(var)
    assert again.start() is True
    assert query(again, "SELECT count(*) FROM kept") == [(500,)]


def test_a_stale_pid_that_became_another_program_blocks_nothing_and_is_not_killed(var):
    postgres, valkey = Postgres(var), Valkey(var)
    postgres.start()
    lines = postgres.pid_file.read_text().splitlines()
    postgres.stop()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        postgres.pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        (postgres.run / ".s.PGSQL.5432.lock").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        valkey.pid_file.write_text(str(stranger.pid))
        assert (postgres.stop(), valkey.stop()) == (False, False)
        assert (postgres.start(), valkey.start()) == (True, True)
        assert stranger.poll() is None
        stranger.kill()


def test_valkey_keeps_its_queue_through_kill_nine(var):
    valkey = Valkey(var)
    valkey.start()
    client = redis.Redis(unix_socket_path=str(valkey.socket))
    client.rpush("queue", *range(100))
    client.config_set("appendfsync", "always")  # what a second of waiting would do
    client.rpush("queue", "last")
    os.kill(valkey.pid(), signal.SIGKILL)
    assert Valkey(var).start() is True
    assert client.llen("queue") == 101


def test_a_path_too_long_for_a_socket_gets_its_sockets_elsewhere(var):
    deep = var / ("a-folder-with-a-long-name-" * 5)
    deep.mkdir()
    postgres = Postgres(deep)
    assert postgres.start() is True
    assert not postgres.run.is_relative_to(deep)
    assert postgres.run.stat().st_mode & 0o077 == 0
    assert query(postgres, "SELECT 1") == [(1,)]
    postgres.stop()
    shutil.rmtree(postgres.run)


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="both modes exist only for root on Linux")
def test_data_made_as_nobody_opens_in_a_namespace_and_back(var, monkeypatch):
    for number, mode in enumerate(("1", "", "1")):
        monkeypatch.setenv("OMS_NO_USERNS", mode)
        postgres = Postgres(var)
        assert postgres.start() is True
        query(postgres, f"CREATE TABLE mode_{number} ()")
        postgres.stop()


def test_a_start_that_fails_says_why(var):
    with pytest.raises(ServiceError, match=r"(?s)postgres stopped while starting.*no_such_setting"):
        Postgres(var, "no_such_setting=1").start()
