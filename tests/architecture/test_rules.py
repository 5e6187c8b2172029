"""Rules of the house that a reader cannot see from one file: single writers, true documents, moves from every state."""

import re
from pathlib import Path

import pytest

from oms.celery import SCHEDULE, app
from oms.kernel.lifecycle import edges, refusals
from oms.ops.doctor.kernel import machines
from oms.ops.statedoc import render
from orders.models import Order
from orders.states import OrderStatus

BASE = Path(__file__).resolve().parents[2]
APPS = ("oms", "inventory", "orders", "payments", "fulfilment", "returns", "notifications", "reports")


def sources() -> list[tuple[str, str]]:
    files = [p for app in APPS for p in (BASE / app).rglob("*.py") if "migrations" not in p.parts]
    return [(str(p.relative_to(BASE)), p.read_text()) for p in files]


def offenders(pattern: str, *allowed: str) -> list[str]:
    found = re.compile(pattern)
    return [path for path, text in sources() if not path.startswith(allowed or ("-",)) and found.search(text)]


def test_only_the_ledger_writes_stock_counters():
    assert (
        offenders(
            r"(UPDATE|INTO|FROM ONLY) inventory_stocklevel|StockLevel\.objects\.(create|bulk|update)",
            "inventory/ledger.py",
        )
        == []
    )


LOCKED_STOCK = r"StockLevel\.objects[^;]{0,200}?select_for_update|inventory_stocklevel[^;]{0,600}?FOR (NO KEY )?UPDATE"


def test_only_the_ledger_locks_stock_levels():
    """Rows taken anywhere else are taken out of order, and two people wait for each other: `ledger.lock_levels` takes all."""
    assert offenders(LOCKED_STOCK, "inventory/ledger.py") == []
    assert re.search(LOCKED_STOCK, "shelf = StockLevel.objects.filter(x=1)\n    .select_for_update().get()")


def test_only_progress_writes_line_quantities_after_capture():
    written = r"(?<!Fulfilment)OrderLine\.objects[^\n]*\.(update|bulk_update|create|bulk_create)\("
    assert offenders(written, "orders/actions/progress.py", "orders/actions/capture.py") == []


def test_only_assigning_writes_who_looks_after_an_order():
    written = r"\border\.assignee(_id)?\s*=(?!=)|\bOrder\.objects[^\n]*\bupdate\([^\n]*assignee"
    assert offenders(written, "orders/actions/assign.py") == []
    assert offenders(written, "nowhere") == ["orders/actions/assign.py"]


def test_nobody_updates_a_status_past_its_machine():
    """Deliveries, messages and the inbox are queues, not machines; their status column is theirs to update."""
    assert offenders(r"\.update\(\s*status=", "oms/kernel/queue.py", "oms/webhooks/", "notifications/") == []


def test_every_nudge_rings_for_a_task_that_the_sweep_runs_too():
    """A name that no worker knows would be lost without a word, and a bell without a sweep would be a promise to Redis."""
    rung = {name for _, text in sources() for name in re.findall(r"\bnudge(?:_on_commit)?\(\s*\"([^\"]+)\"", text)}
    assert rung
    assert rung - {task for _, task, _ in SCHEDULE} == set()


def test_every_task_of_the_schedule_exists():
    app.loader.import_default_modules()
    assert {task for _, task, _ in SCHEDULE} - set(app.tasks) == set()


def test_no_row_lifts_the_protection_of_all_rows_to_be_read_again():
    """`oms.kernel.lifecycle.Stateful` takes the place of the library's mixin and says why."""
    assert offenders(r"\bFSMModelMixin\b") == []


def test_templates_have_no_inline_style_or_script():
    bad = re.compile(
        r"""\sstyle=["']|<script(?![^>]*\bsrc=)(?![^>]*type="(application/json|speculationrules)")|\|safe\b"""
    )
    pages = list((BASE / "templates").rglob("*.html"))
    assert [str(p.relative_to(BASE)) for p in pages if bad.search(p.read_text())] == []


def test_states_md_is_what_the_code_says():
    assert (BASE / "docs" / "states.md").read_text() == render(), "stale: run `manage.py states_doc`"


# Every legal move of an order, from DOMAIN, and the ways back of an undo: (move, from, to). Anything else is refused.
ORDER_MOVES = {
    ("place", "draft", "new"), ("confirm", "new", "confirmed"), ("release", "confirmed", "processing"),
    ("complete", "processing", "completed"), ("close", "completed", "closed"), ("cancel", "new", "cancelled"),
    ("cancel", "confirmed", "cancelled"), ("cancel", "processing", "cancelled"), ("reopen", "closed", "completed"),
    ("reopen_work", "completed", "processing"), ("unconfirm", "confirmed", "new"), ("restore_new", "cancelled", "new"),
    ("restore_confirmed", "cancelled", "confirmed"), ("restore_processing", "cancelled", "processing"),
}  # fmt: skip


def test_the_order_has_exactly_the_agreed_moves():
    assert {(e.move, e.source, e.target) for e in edges(Order)} == ORDER_MOVES


@pytest.mark.parametrize("status", OrderStatus.values)
@pytest.mark.parametrize("move", sorted({m for m, _, _ in ORDER_MOVES}))
def test_every_move_from_every_wrong_state_is_refused_with_a_sentence(move, status):
    order = Order(number="SO-1", currency="INR")
    order.__dict__["status"] = status
    closed = refusals(order, move)
    if (move, status) not in {(m, s) for m, s, _ in ORDER_MOVES}:
        assert [r.code for r in closed] == ["wrong_state"]
    assert all(r.message.endswith(".") for r in closed)


def test_every_rule_of_every_machine_can_explain_itself():
    for model in machines().values():
        for edge in edges(model):
            assert all(callable(rule) and rule.__name__ for rule in edge.rules)
            assert edge.label
