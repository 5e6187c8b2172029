"""Undoing a whole import: while nothing moved, all or nothing, once, and the file may come again."""

import pytest
from django.test import Client

from inventory.models import Allocation, Backorder, StockLevel
from oms.events.models import Event
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from orders.actions.note import add_note
from orders.imports.undo import ask_undo, plan_undo
from orders.models import ImportBatch, Order
from orders.seeds import seed
from payments.actions.record import record_payment
from payments.models import Payment, Refund
from tests.orders.imports.clinic import imported, uploaded, worked
from tests.orders.imports.rows import HEADER, row

pytestmark = pytest.mark.django_db
# Two paid, one not, one with more than there is on the shelf.
ROWS = (row("A-1"), row("A-2", paid="9.00"), row("A-3", paid="9.00"), row("A-4", qty=40))
FILE = "\n".join((HEADER, *ROWS))


@pytest.fixture
def desk(shop, ana) -> Client:
    seed()
    client = Client()
    client.force_login(ana)
    return client


@pytest.fixture
def batch(desk) -> ImportBatch:
    return imported(uploaded(desk, FILE))


def ill() -> dict:
    return {code: rows for code, rows in run_all().items() if rows}


def order(key: str) -> Order:
    return Order.objects.get(external_id=key)


def test_an_undone_import_leaves_nothing_reserved_and_nothing_paid(batch, ana):
    assert StockLevel.objects.filter(reserved__gt=0).exists() or Allocation.objects.exists()
    assert [len(plan_undo(batch).going), len(plan_undo(batch).staying)] == [4, 0]
    ask_undo(batch.number, keep_moved=False, actor=ana)
    batch = worked(batch)
    assert (batch.phase, batch.undone_by) == ("undone", ana)
    assert set(Order.objects.values_list("status", "end_reason")) == {("cancelled", f"Import {batch.number} undone")}
    assert not Allocation.objects.exists()
    assert not Backorder.objects.exists()
    assert not Refund.objects.exists()
    assert set(Payment.objects.values_list("status", "captured_amount")) == {("voided", 0)}
    assert set(Order.objects.values_list("paid_total", "cancelled_total")) == {(0, 9), (0, 180)}
    assert Event.objects.filter(name="orders.withdrawn").count() == 4
    assert ill() == {}


def test_the_same_file_comes_in_again_after_an_undo(desk, batch, ana):
    ask_undo(batch.number, keep_moved=False, actor=ana)
    worked(batch)
    again = imported(uploaded(desk, FILE, channel="desk"))
    assert (again.created, again.unchanged, again.rejected) == (4, 0, 0)
    assert Order.objects.filter(status="new").count() == 4
    assert ill() == {}


def test_the_same_batch_can_be_imported_again_after_an_undo(batch, ana):
    ask_undo(batch.number, keep_moved=False, actor=ana)
    again = imported(worked(batch))
    assert (again.phase, again.created) == ("done", 4)


def test_a_second_click_undoes_nothing_more(desk, batch, ana):
    for _ in range(2):
        answer = desk.post(f"/imports/{batch.number}/undo/", {"sure": "yes"})
        assert answer.status_code == 302
    batch = worked(batch)
    desk.post(f"/imports/{batch.number}/undo/", {"sure": "yes"})
    worked(batch)
    assert Event.objects.filter(name="orders.withdrawn").count() == 4
    assert ImportBatch.objects.get().phase == "undone"


@pytest.mark.parametrize(
    ("work", "says"),
    [
        (lambda o, who: confirm_order(o.number, actor=who), "Ana confirmed the order."),
        (lambda o, who: add_note(o.number, text="Call first", actor=who), "Ana wrote a note."),
        (
            lambda o, who: record_payment(o.number, method="cash", amount=1, reference="", actor=who),
            "recorded a payment.",
        ),
    ],
)
def test_an_order_somebody_worked_on_keeps_the_whole_import(desk, batch, ana, work, says):
    work(order("A-2"), ana)
    with pytest.raises(Refused, match="moved since"):
        ask_undo(batch.number, keep_moved=False, actor=ana)
    assert Order.objects.filter(status="cancelled").count() == 0
    page = desk.get(f"/imports/{batch.number}/undo/").content.decode()
    assert says in page
    assert order("A-2").number in page


def test_the_others_go_when_a_person_says_that_moved_ones_stay(desk, batch, ana):
    confirm_order(order("A-2").number, actor=ana)
    desk.post(f"/imports/{batch.number}/undo/", {"sure": "yes", "keep": "yes"})
    worked(batch)
    assert Order.objects.filter(status="cancelled").count() == 3
    assert order("A-2").status == "confirmed"
    assert ill() == {}


def test_what_moves_between_the_question_and_the_worker_stops_the_undo(batch, ana):
    ask_undo(batch.number, keep_moved=False, actor=ana)
    add_note(order("A-1").number, text="Wait", actor=ana)
    batch = worked(batch)
    assert (batch.phase, batch.undone_at) == ("done", None)
    assert "moved since" in batch.error
    assert Order.objects.filter(status="cancelled").count() == 0


def test_history_is_not_undone(desk, ana):
    header = (
        "Name,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,"
        "Lineitem name,Lineitem price"
    )
    batch = imported(uploaded(desk, f"{header}\n#1,paid,fulfilled,EUR,9,0,0,9,2026-03-01 10:00:00 +0100,2,Mug,4.50"))
    assert batch.created == 1
    with pytest.raises(Refused, match="came in as history"):
        ask_undo(batch.number, keep_moved=False, actor=ana)


def test_an_order_that_was_here_before_is_not_withdrawn(desk, batch, ana):
    second = imported(uploaded(desk, FILE.replace("Pune", "Delhi"), channel="desk"))
    assert (second.updated, second.created) == (4, 0)
    with pytest.raises(Refused, match="no order that could be withdrawn"):
        ask_undo(second.number, keep_moved=False, actor=ana)
    with pytest.raises(Refused, match="noticed that the channel changed"):
        ask_undo(batch.number, keep_moved=False, actor=ana)
