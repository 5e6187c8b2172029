"""`kill -9` on the worker at each tenth of an import: nothing is lost, nothing comes twice, the counts are right.

OMS_KILL_ORDERS=10000 runs it at full size, with the parts of 500 that are used in earnest.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from inventory.models import Allocation
from oms.events.models import Event
from oms.kernel.clock import now
from oms.ops.doctor.registry import run_all
from oms.ops.services import BASE
from orders.imports import batches
from orders.models import ImportBatch, ImportedOrder, ImportGoal, Order, OrderLine
from orders.seeds import seed
from tests.conftest import make_shop, person
from tests.orders.imports.rows import HEADER, row
from tests.together import eventually

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ORDERS = int(os.environ.get("OMS_KILL_ORDERS", "500"))
PART = ORDERS // 20
# Loads the code once and forks a worker for every line it is sent, before any of them has a connection.
NURSERY = """
import os, sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from orders.imports import apply, batches
apply.CHUNK = int(sys.argv[2])
for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        batches.run_due()
        os._exit(0)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-c", NURSERY, connection.settings_dict["NAME"], str(PART)]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "oms.settings"}
    with subprocess.Popen(
        command, cwd=BASE, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


def said(nursery: subprocess.Popen) -> int:
    return int(nursery.stdout.readline())


def worker(nursery: subprocess.Popen) -> int:
    """The process id of a new worker; its exit code is the next thing the nursery says."""
    nursery.stdin.write("\n")
    nursery.stdin.flush()
    return said(nursery)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def done(batch: ImportBatch) -> int:
    return ImportBatch.objects.values_list("done", flat=True).get(pk=batch.pk)


def nobody_has_it() -> bool:
    """The killed worker's session ends when the server notices; until then its last part may still be stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [batches.LOCK_SPACE]
        )
        return cursor.fetchone()[0] == 0


def strike(nursery: subprocess.Popen, batch: ImportBatch, at: int) -> bool:
    """Start a worker and kill it once `at` orders are through; whether it was killed in the middle of its work."""
    pid = worker(nursery)
    eventually(lambda: done(batch) >= at or not lives(pid), f"{at} orders")
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    code = said(nursery)
    eventually(nobody_has_it, "the killed worker's session gone")
    unfinished = ImportBatch.objects.filter(pk=batch.pk, finished_at__isnull=True)
    # Not waiting out the silence: this is what a minute and a half later looks like.
    return bool(unfinished.update(seen_at=now() - timedelta(minutes=10))) and code == -signal.SIGKILL


def test_an_import_killed_at_each_tenth_loses_nothing_and_doubles_nothing(nursery):
    seed()
    make_shop()
    rows = [row(f"K-{n}", qty=1 + n % 3, paid="4.50" if n % 2 else "") for n in range(ORDERS)]
    content = "\n".join((HEADER, *rows)).encode()
    batch = batches.start_batch(
        [("k.csv", content)], channel_code="web", format_key="csv", actor=person("kim", "sales")
    )
    batches.run_due()
    batches.ask(batch.number, ImportGoal.IMPORT)

    struck = [strike(nursery, batch, ORDERS * tenth // 10) for tenth in range(1, 10)]
    assert struck == [True] * 9  # the control: every blow hit a worker that had not finished
    stored = Order.objects.count()
    assert 0 < stored <= ORDERS
    worker(nursery)
    assert said(nursery) == 0

    batch.refresh_from_db()
    assert (batch.phase, batch.created, batch.unchanged, batch.rejected) == ("done", ORDERS, 0, 0), batch.error
    assert set(Order.objects.values_list("external_id", flat=True)) == {f"K-{n}" for n in range(ORDERS)}
    assert Order.objects.count() == ORDERS
    assert sum(OrderLine.objects.values_list("qty_ordered", flat=True)) == sum(1 + n % 3 for n in range(ORDERS))
    assert Event.objects.filter(name="orders.placed").count() == ORDERS
    assert ImportedOrder.objects.filter(batch=batch, outcome="created").count() == ORDERS
    assert sum(Allocation.objects.values_list("qty", flat=True)) == 15  # every mug of the shop, once
    assert {code: found for code, found in run_all().items() if found} == {}
