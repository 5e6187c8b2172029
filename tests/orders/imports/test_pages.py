"""Importing on a page: upload, check by the worker, import, rows to fix; and what happens when a worker dies."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.channels.registry import sniff
from orders.imports import batches
from orders.models import Channel, ImportBatch, ImportGoal, Order
from orders.seeds import seed
from tests.orders.imports.rows import HEADER, row
from tests.stories import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ana) -> Client:
    seed()
    client = Client()
    client.force_login(ana)
    return client


def upload(client: Client, *rows: str, header: str = HEADER, **fields):
    file = SimpleUploadedFile("orders.csv", "\n".join((header, *rows)).encode())
    return client.post("/imports/", {"files": [file], "channel": "+", "new_channel": "desk", "format": "", **fields})


def checked(client: Client, *rows: str, **fields) -> ImportBatch:
    upload(client, *rows, **fields)
    batches.run_due()
    return ImportBatch.objects.latest("created_at")


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_nul_is_a_row_to_fix_and_nothing_breaks_off(desk):
    batch = checked(desk, row(), row("B-2").replace("B-2", "B-\0 2"), row("B-3", price="4\0"))
    page = text(desk, f"/imports/{batch.number}/")
    assert "broke off" not in page
    assert (batch.phase, batch.created, batch.rejected) == ("checked", 1, 2)
    assert [(r.row, "NUL" in r.reason, "\N{SYMBOL FOR NULL}" in r.value) for r in batch.rejects.order_by("row")] == [
        (3, True, True), (4, True, True),
    ]  # fmt: skip
    download = b"".join(desk.get(f"/imports/{batch.number}/rejects.csv")).decode()
    assert "\N{SYMBOL FOR NULL}" in download


def test_a_file_of_nothing_but_a_header_says_so(desk):
    batch = checked(desk)
    page = text(desk, f"/imports/{batch.number}/")
    assert "the file has no order below its first row" in page
    assert "every order is here already" not in page


def test_upload_check_import_and_again_changes_nothing(desk):
    answer = upload(desk, row(), row("B-2", price="-1"))
    batch = ImportBatch.objects.get()
    assert answer.url == f"/imports/{batch.number}/"
    assert "Waiting for a worker" in text(desk, answer.url)

    batches.run_due()
    page = text(desk, answer.url)
    assert "Import 1 order<" in page
    assert "below zero" in page
    assert "OMS CSV" in page
    assert not Order.objects.exists()
    assert not Channel.objects.filter(code="desk").exists()

    desk.post(f"{answer.url}application/")
    batches.run_due()
    batch.refresh_from_db()
    assert (batch.phase, batch.created, batch.rejected, batch.done, batch.total) == ("done", 1, 1, 1, 1)
    assert Order.objects.get().channel.code == "desk"

    second = checked(desk, row(), row("B-2", price="-1"), channel="desk")
    assert (second.created, second.unchanged, second.rejected) == (0, 1, 1)
    assert "There is nothing to import" in text(desk, second.get_absolute_url())


def test_the_orders_of_an_import_are_a_list_of_their_own(shop, desk):
    placed()
    batch = checked(desk, row("L-1"), row("L-2"))
    desk.post(f"/imports/{batch.number}/application/")
    batches.run_due()
    url = f"/orders/?view=all&batch={batch.number}"
    assert url.replace("&", "&amp;") in text(desk, f"/imports/{batch.number}/")
    assert sorted(o.external_id for o in desk.get(url).context["rows"]) == ["L-1", "L-2"]


def test_rows_to_fix_come_as_a_file_that_no_spreadsheet_runs(desk):
    batch = checked(desk, row("=cmd|1", price="x"))
    content = b"".join(desk.get(f"/imports/{batch.number}/rejects.csv").streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(content))
    assert (line["Row"], line["Column"], line["Order"], line["In the file"]) == ("2", "unit_price", "'=cmd|1", "x")


def test_the_template_can_be_imported_as_it_is(desk):
    content = b"".join(desk.get("/imports/template.csv").streaming_content)
    desk.post("/imports/", {"files": [SimpleUploadedFile("t.csv", content)], "channel": "+", "new_channel": "desk"})
    batches.run_due()
    batch = ImportBatch.objects.get()
    assert (batch.created, batch.rejected, batch.error) == (1, 0, "")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"files": []}, "Choose at least one file"),
        ({"channel": ""}, "required"),
        ({"new_channel": "Big Shop!"}, "small letters"),
        ({"files": [SimpleUploadedFile("e.csv", b"")]}, "e.csv is empty"),
        ({"format": "excel"}, "not one of the available choices"),
        ({"files": [SimpleUploadedFile(f"{n}.csv", b"a") for n in range(11)]}, "at most 10 files"),
    ],
)
def test_a_form_filled_in_badly_says_what_is_missing_and_keeps_nothing(desk, fields, says):
    answer = upload(desk, row(), **fields)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_file_of_no_known_kind_fails_with_its_columns_named(desk):
    batch = checked(desk, "1,2", header="colour,size")
    assert batch.phase == "failed"
    assert "“colour”, “size”" in batch.error
    assert "This could not be read" in text(desk, batch.get_absolute_url())


def test_names_of_files_and_cells_are_shown_as_text(desk):
    file = SimpleUploadedFile("<b>x</b>.csv", f"{HEADER}\n{row('<script>', price='<i>')}".encode())
    desk.post("/imports/", {"files": [file], "channel": "+", "new_channel": "desk"})
    batches.run_due()
    page = text(desk, ImportBatch.objects.get().get_absolute_url())
    assert "<script>" not in page.replace('<script type="module"', "").split("</head>")[1]
    assert "&lt;script&gt;" in page
    assert "&lt;i&gt;" in page


def test_a_run_in_progress_is_not_started_twice_and_a_done_one_not_again(desk):
    batch = checked(desk, row())
    batches.ask(batch.number, ImportGoal.IMPORT)
    with pytest.raises(Refused, match="being worked on"):
        batches.ask(batch.number, ImportGoal.IMPORT)
    batches.run_due()
    with pytest.raises(Refused, match="imported already"):
        batches.ask(batch.number, ImportGoal.IMPORT)


def test_a_worker_that_died_is_noticed_by_its_silence_and_its_run_taken_up(desk):
    batch = checked(desk, row())
    batches.ask(batch.number, ImportGoal.IMPORT)
    ImportBatch.objects.update(seen_at=now(), attempts=1)
    assert batches.run_due() == 0  # somebody speaks
    ImportBatch.objects.update(seen_at=now() - timedelta(minutes=3))
    assert batches.run_due() == 1
    batch.refresh_from_db()
    assert (batch.phase, batch.created) == ("done", 1)


def test_a_run_that_kills_its_worker_every_time_is_given_up(desk):
    batch = checked(desk, row())
    batches.ask(batch.number, ImportGoal.IMPORT)
    ImportBatch.objects.update(attempts=5)
    batches.run_due()
    batch.refresh_from_db()
    assert batch.phase == "failed"
    assert "given up" in batch.error


def test_stopping_keeps_what_is_stored_and_going_on_brings_the_rest(desk, monkeypatch):
    monkeypatch.setattr("orders.imports.apply.CHUNK", 2)
    batch = checked(desk, *(row(f"A-{n}") for n in range(5)))
    batches.ask(batch.number, ImportGoal.IMPORT)
    desk.post(f"/imports/{batch.number}/stop/")
    batches.run_due()
    batch.refresh_from_db()
    assert (batch.phase, batch.done, Order.objects.count()) == ("stopped", 2, 2)
    assert "Go on" in text(desk, batch.get_absolute_url())
    desk.post(f"/imports/{batch.number}/application/")
    batches.run_due()
    batch.refresh_from_db()
    assert (batch.phase, batch.created, batch.unchanged, Order.objects.count()) == ("done", 5, 0, 5)


def test_the_live_part_asks_again_and_ends_with_a_reload(desk):
    upload(desk, row())
    batch = ImportBatch.objects.get()
    live = desk.get(batch.get_absolute_url(), headers={"HX-Request": "true"})
    assert "Waiting" in live.content.decode()
    assert "<html" not in live.content.decode()
    batches.run_due()
    assert desk.get(batch.get_absolute_url(), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_kinds_of_files_are_told_by_their_columns(tmp_path):
    (tmp_path / "a.csv").write_text("Order ID,SKU,Quantity,Unit Price\n")
    assert sniff([tmp_path]) == "csv"
    (tmp_path / "b.csv").write_text("Name,Financial Status,Lineitem name\n")
    with pytest.raises(Refused, match="different kinds"):
        sniff([tmp_path])
    (lacks := tmp_path / "c.csv").write_text("Name,Lineitem name,Total\n")
    with pytest.raises(
        Refused, match="most like Shopify, but has no column “Financial Status”. Its columns are “Name”, "
    ):
        sniff([lacks])
    lacks.write_text("order_id,quantity,unit price\n")
    with pytest.raises(Refused, match="most like OMS CSV, but has no column “sku”"):
        sniff([lacks])
    lacks.write_text("colour,size\n")
    with pytest.raises(Refused, match="none of the kinds we know. Its columns are “colour”, “size”"):
        sniff([lacks])


@pytest.mark.realdata
def test_every_real_export_is_told_by_its_columns():
    from tests.orders.channels.real import export, olist

    for path in sorted(export("").iterdir()):
        assert sniff([path]) == path.name.partition("_")[0]
    assert sniff([olist()]) == "olist"
