"""Files of orders are kept as long as the house says: then their data goes, and their orders, figures and undo stay."""

import csv
import gzip
import io
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from openpyxl import Workbook

from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from oms.ops.purge import purge_finished
from orders.actions.cancel import cancel_order
from orders.actions.erase import erase_customer, what_changes
from orders.imports import batches
from orders.imports.apply import import_file
from orders.imports.batches import ask
from orders.imports.forget import empty
from orders.imports.mappings import match_columns
from orders.imports.mend import mend_cells
from orders.imports.undo import ask_undo
from orders.models import Customer, ImportBatch, ImportFile, ImportFix, ImportGoal, Order, RetentionRule
from orders.seeds import seed
from tests.orders.desk import signed_in
from tests.orders.imports.clinic import imported, uploaded, worked
from tests.orders.imports.rows import HEADER, row
from tests.stories import placed

pytestmark = pytest.mark.django_db
FILE = "\n".join((HEADER, row("A-1", name="Quilla"), row("A-2"), row("A-3", qty="many", name="Xanthe")))


@pytest.fixture
def desk(shop, ana) -> Client:
    seed()
    return signed_in(ana)


@pytest.fixture
def mended(desk, ana) -> ImportBatch:
    """Two orders in, one left out, a cell of it put right."""
    batch = imported(uploaded(desk, FILE))
    mend_cells(batch.number, {(batch.rejects.get().pk, "customer_name"): "Xanthe of the hill"}, actor=ana)
    return batch


def later(days: int):
    return time_is(now() + timedelta(days=days))


def test_the_file_and_its_rows_go_and_everything_else_stays(desk, mended, ana):
    with later(89):
        assert purge_finished()["files of orders"] == 0
    with later(91):
        assert (purge_finished()["files of orders"], purge_finished()["files of orders"]) == (1, 0)
    batch = ImportBatch.objects.get()
    assert (bytes(ImportFile.objects.get().content), batch.rejects.count(), batch.preview["rows"]) == (b"", 0, [])
    assert (batch.orders, batch.created, batch.rejected) == (3, 2, 1)
    fix = ImportFix.objects.get()
    assert (fix.row, fix.column, fix.before, fix.after, fix.by) == (4, "customer_name", "", "", ana)
    page = desk.get(batch.get_absolute_url()).content.decode()
    assert "The file itself is not kept any more" in page
    assert "it can still be undone" in page
    assert "to fix</a>" not in page and "Check again" not in page and "hill" not in page
    assert not [rows for rows in run_all().values() if rows]


def test_what_needs_the_file_is_refused_and_the_undo_is_not(desk, mended, ana):
    with later(91):
        purge_finished()
    for step in (
        lambda: ask(mended.number, ImportGoal.CHECK),
        lambda: ask(mended.number, ImportGoal.IMPORT),
        lambda: mend_cells(mended.number, {}, actor=ana),
        lambda: match_columns(mended.number, {}, name="", dates="dmy", currency="", tax_included=True, actor=ana),
    ):
        with pytest.raises(Refused, match="not kept any more. Upload them again"):
            step()
    ask_undo(mended.number, keep_moved=False, actor=ana)
    assert worked(mended).phase == "undone"
    page = desk.get(mended.get_absolute_url()).content.decode()
    assert "2 orders withdrawn" in page
    assert "Import again" not in page and "may be imported again" not in page


def forgotten(batch: ImportBatch) -> None:
    """As an erasure leaves it."""
    with transaction.atomic():
        empty(ImportBatch.objects.select_for_update().get(pk=batch.pk))


def test_a_run_asked_for_before_the_files_went_says_that_they_are_gone(desk):
    batch = uploaded(desk, FILE)
    ask(batch.number, ImportGoal.IMPORT)
    forgotten(batch)
    batch = worked(batch)
    assert (batch.error, batch.orders) == (f"The files of {batch.number} are not kept any more. Upload them again.", 3)


def test_a_run_that_had_the_files_open_leaves_nothing_of_them(desk):
    batch = uploaded(desk, FILE)
    ask(batch.number, ImportGoal.CHECK)
    with batches._on_disk(batch) as paths:
        report = import_file(
            paths, channel_code=batch.channel_code, format_key="csv", actor=batch.created_by, dry_run=True
        )
        forgotten(batch)
    assert report.rejects
    batches.RUNS.end(batch, report=report)
    assert not batch.rejects.exists()
    assert not [rows for rows in run_all(["privacy.files"]).values() if rows]


def test_the_house_says_how_long_and_what_runs_is_kept(desk, mended, adam):
    web = signed_in(adam)
    url = "/admin/orders/retentionrule/1/change/"
    assert "Keep them 7 days at least" in web.post(url, {"months": "", "file_days": "6"}).content.decode()
    assert web.post(url, {"months": "", "file_days": "10"}).status_code == 302
    ask(mended.number, ImportGoal.CHECK)
    with later(11):
        assert purge_finished()["files of orders"] == 0, "a worker may be at it"
    worked(mended)
    with later(11):
        assert purge_finished()["files of orders"] == 1
    assert RetentionRule.objects.get().file_days == 10


def test_the_doctor_names_a_file_that_is_kept_too_long(mended):
    ImportBatch.objects.update(forgotten_at=now())
    assert {f.subject for f in run_all(["privacy.files"])["privacy.files"]} == {mended.number}


def erased(mail: str, actor) -> Customer:
    customer = Customer.objects.get(email=mail)
    for order in Order.objects.filter(customer=customer):
        cancel_order(order.number, reason="other", actor=actor)
    erase_customer(customer.pk, reason="Asked", actor=actor)
    return customer


def test_an_erasure_empties_a_packed_file_that_brought_their_order_in(desk, ana, olga):
    batch = imported(uploaded(desk, gzip.compress(FILE.encode()), name="orders.csv.gz"))
    other = imported(uploaded(desk, "\n".join((HEADER, row("B-1"))), new_channel="other"))
    assert what_changes(Customer.objects.get(email="a-1@example.test")).counts["Uploaded files"] == 1
    erased("a-1@example.test", olga)
    batch.refresh_from_db()
    assert (bytes(batch.files.get().content), bool(batch.forgotten_at)) == (b"", True)
    assert b"B-1" in bytes(other.files.get().content)
    assert not [rows for rows in run_all(["privacy.erased", "privacy.files"]).values() if rows]


def test_an_erasure_finds_the_rows_that_name_them_without_mail_or_phone(desk, olga):
    header = HEADER.replace("ship_city", "ship_line1,ship_city")
    first = row("A-1", name="Quilla Xanthe").replace(",Pune", ',"7 Vermilion\nTerrace",Pune')
    second = row("A-1", name="Quilla Xanthe").replace("a-1@example.test", "").replace(",Pune", ",,Pune")
    batch = imported(
        uploaded(desk, "\n".join((header, first, second, row("A-2", name="Quilla").replace(",Pune", ",,Pune"))))
    )
    assert batch.created == 2
    erased("a-1@example.test", olga)
    kept = bytes(batch.files.get().content).decode()
    assert "Quilla Xanthe" not in kept and "Vermilion" not in kept
    assert "Quilla,a-2@example.test" in kept, "somebody else's row is as it came"


def known(mail: str, actor) -> Customer:
    """Somebody who ordered once, by another way than a file, and with whom all is done."""
    return cancel_order(placed(("MUG", 1), email=mail, phone="").number, reason="other", actor=actor).customer


def workbook(text: str) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for cells in csv.reader(io.StringIO(text)):
        book.active.append(cells)
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "made", [workbook, lambda text: gzip.compress(text.encode()), lambda text: text.encode("utf-16")]
)
def test_an_erasure_opens_what_was_checked_and_never_imported_and_says_so_before(desk, ana, adam, made):
    customer = known("a-1@example.test", ana)
    batch = uploaded(desk, made(FILE), name="list.xlsx")
    other = uploaded(desk, made("\n".join((HEADER, row("B-1")))), name="other.xlsx")
    page = signed_in(adam).get(f"/customers/{customer.pk}/erasure/").content.decode()
    assert f"{batch.number} (list.xlsx) is not imported and may have rows of theirs" in page
    assert other.number not in page
    erase_customer(customer.pk, reason="Asked", actor=adam)
    batch.refresh_from_db()
    other.refresh_from_db()
    assert (bytes(batch.files.get().content), bool(batch.forgotten_at), batch.rejects.count()) == (b"", True, 0)
    assert other.forgotten_at is None and bytes(other.files.get().content)
    assert "upload it again" in desk.get(batch.get_absolute_url()).content.decode()


def test_a_text_that_waits_loses_their_rows_and_the_others_come_in(desk, ana, adam):
    file = "\n".join((HEADER.replace("email", "phone"), row("A-1", name="Quilla"), row("A-2"))).replace(
        "a-1@example.test", "98765 43210"
    )
    customer = cancel_order(placed(("MUG", 1), phone="+91 98765 43210").number, reason="other", actor=ana).customer
    batch = uploaded(desk, file)
    page = signed_in(adam).get(f"/customers/{customer.pk}/erasure/").content.decode()
    assert f"{batch.number} (orders.csv) is not imported and has rows of theirs" in page
    erase_customer(customer.pk, reason="Asked", actor=adam)
    batch = worked(batch)
    assert (batch.phase, batch.created, batch.rejected) == ("checked", 1, 1), "what the check said before holds no more"
    batch = imported(batch)
    assert (batch.created, batch.rejected) == (1, 1)
    assert "was erased with their personal data" in batch.rejects.get().reason
    assert not Order.objects.filter(customer_name__contains="erased").exists()
    assert "Their rows stay out" in desk.get(batch.get_absolute_url()).content.decode()


def test_a_left_out_row_of_a_spreadsheet_tells_that_it_speaks_of_them(desk, ana, adam):
    customer = known("a-3@example.test", ana)
    batch = imported(uploaded(desk, workbook(FILE), name="list.xlsx"))
    erase_customer(customer.pk, reason="Asked", actor=adam)
    batch.refresh_from_db()
    assert (bytes(batch.files.get().content), batch.created) == (b"", 2)
