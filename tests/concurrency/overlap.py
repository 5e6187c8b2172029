"""Two transactions laid over each other at a known place, instead of two threads and luck."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

from django.db import connection, transaction

from oms.kernel.errors import Busy, Refused
from tests.together import PATIENCE

BLOCKED = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


def one_inside_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Run `second` after `first` has done its work and before it commits; `first` commits when `second` has ended or
    waits for a lock of it. Returns what each gave or refused."""
    done, go_on = Event(), Event()

    def outer() -> Any:
        with transaction.atomic():
            given = first()
            done.set()
            assert go_on.wait(PATIENCE)
            return given

    def inner() -> Any:
        assert done.wait(PATIENCE)
        return second()

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(_answered, outer), pool.submit(_answered, inner)]
        try:
            _until_ended_or_blocked(runs[1], done)
        finally:
            go_on.set()
        return [run.result(PATIENCE) for run in runs]


def ended_or_blocked(pool: ThreadPoolExecutor, job: Callable[[], Any]) -> Future:
    """Begin `job` beside the transaction of this thread; return once it has ended or waits for a lock."""
    begun = Event()
    begun.set()
    run = pool.submit(_answered, job)
    _until_ended_or_blocked(run, begun)
    return run


def _answered(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except (Refused, Busy) as refused:
        return refused
    finally:
        connection.close()


def _until_ended_or_blocked(run: Future, done: Event) -> None:
    assert done.wait(PATIENCE)
    with connection.cursor() as cursor:
        for _ in range(int(PATIENCE * 50)):
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction the first look would be the last
            cursor.execute(BLOCKED)
            if run.done() or cursor.fetchone()[0]:
                return
            Event().wait(0.02)
    raise AssertionError("the second one neither ended nor waited for a lock")
