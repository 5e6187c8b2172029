"""Several people at the same moment, proven without a clock: who meets, who waits for whose lock, what comes in the end.

PATIENCE ends only what would hang for ever. No outcome may depend on it: a busy machine is no fault.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

PATIENCE = 300.0


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run every job in a thread and on a connection of its own, all starting together; what they return, in order."""
    start = threading.Barrier(len(jobs), timeout=PATIENCE)

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def eventually(truth: Callable[[], Any], what: str, seconds: float = PATIENCE, every: float = 0.05) -> None:
    """Wait for something that another process or thread brings about; `every` so many seconds it is looked at."""
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, f"{what}: not within {seconds:.0f} s"
        time.sleep(every)


def waiting_for_locks() -> int:
    """How many sessions of this database wait for a lock now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction the list would never change
        cursor.execute(
            "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database() AND a.backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


class Meeting:
    """A line of the code under test where threads, each inside its transaction, wait for one another: the worst moment.

    `attend` is True when all `seats` have come. It is False, for everybody and from then on, as soon as all who are
    missing wait for a lock: as long as the others stay they cannot come, which is what locks are for.
    """

    def __init__(self, seats: int) -> None:
        self._seats, self._came, self._over = seats, 0, False
        self._guard, self._full = threading.Lock(), threading.Event()

    def attend(self) -> bool:
        with self._guard:
            if self._over:
                return False
            self._came += 1
            if self._came == self._seats:
                self._full.set()
        until = time.monotonic() + PATIENCE
        while not self._full.wait(0.02):
            waiting = waiting_for_locks()
            with self._guard:
                if self._full.is_set():
                    break
                if self._over or self._came + waiting >= self._seats:
                    self._over = True
                    return False
            assert time.monotonic() < until, f"{self._came} of {self._seats} came, and nobody waits for a lock"
        return True
