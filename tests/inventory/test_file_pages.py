"""Products and stock by file on a page: upload, check by the worker, import, rows to mend; and what happens when a worker dies."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventory.actions.adjust import adjust_stock
from inventory.actions.count import count_stock
from inventory.imports import desk
from inventory.imports.forget import forget_files
from inventory.imports.mend import mend_cells
from inventory.models import FileGoal, Location, Product, StockCount, StockFile, StockMovement
from oms.access.models import User
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.live.progress import heard, told_as
from tests.conftest import person
from tests.stories import placed, stock_of

PAGE = "/stock/files/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def brought(client: Client, text: str, kind: str = "products") -> StockFile:
    """The file, uploaded and checked."""
    answer = client.post(PAGE, {"file": SimpleUploadedFile("in.csv", text.encode()), "kind": kind})
    assert answer.status_code == 302, answer.content.decode()
    desk.run_due()
    return StockFile.objects.latest("pk")


def page(client: Client, file: StockFile, said: int = 200) -> str:
    answer = client.get(file.get_absolute_url())
    assert answer.status_code == said
    return answer.content.decode()


def write(client: Client, file: StockFile, **fields: str) -> StockFile:
    client.post(f"{file.get_absolute_url()}application/", fields)
    desk.run_due()
    file.refresh_from_db()
    return file


def test_products_are_checked_then_written_and_the_others_come_back_to_be_mended(shop, ana):
    client = signed_in(ana)
    file = brought(client, "sku,name,price,colour\nMUG,,475,blue\nVASE,Vase,12,red\nLAMP,,4\0,\n=X,,x,\n")
    assert (file.phase, file.created, file.changed, file.rejected) == ("checked", 1, 1, 2)
    assert not Product.objects.filter(sku="VASE").exists(), "a check writes nothing"
    text = page(client, file)
    for said in (
        "Import 2 products, leave 2 out",
        "NUL character",
        "“x” is no price",
        "Columns that are not read: colour",
    ):
        assert said in text
    rows = client.get(f"{file.get_absolute_url()}rejects.csv").content.decode()
    assert "\n'=X,,x,5," in rows
    assert write(client, file, leave_out="1").phase == "done"
    assert Product.history.filter(sku="VASE").latest("history_id").history_user == ana
    assert "1 created, 1 changed, 2 left out" in client.get(PAGE).content.decode()
    mended = brought(client, rows.replace(",,x,", ",X thing,3,").replace("LAMP,,4", "LAMP,,4").replace("\0", ""))
    assert (mended.created, mended.rejected) == (1, 0)
    again = brought(client, "sku,price\nMUG,475\n")
    assert "everything is so already" in page(client, again)
    with pytest.raises(Refused, match="nothing to import"):
        desk.ask_run(again.number, FileGoal.WRITE, actor=ana)


def test_stock_goes_in_whole_or_is_looked_at_again_when_it_moved_since_the_check(shop, bo):
    client = signed_in(bo)
    file = brought(client, "sku,location,on_hand\nMUG,pune,12\nKETTLE,pune,5\n", "stock")
    assert (file.changed, file.units, file.rejected) == (2, -3, 0)
    placed(("KETTLE", 6))
    assert write(client, file).phase == "checked", "all was asked for, and all is not possible any more"
    assert (stock_of("MUG").on_hand, file.rejected) == (10, 1)
    assert "6 units there are promised" in page(client, file)
    assert write(client, file, leave_out="1").phase == "done"
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand) == (12, 10)
    assert StockMovement.objects.filter(source__startswith="import:").get().actor_name == bo.display_name


def test_a_file_is_no_way_around_the_second_person(shop, bo):
    client = signed_in(bo)
    Location.objects.filter(code="pune").update(count_limit=5)
    file = brought(client, "sku,location,on_hand\nMUG,pune,16\nKETTLE,pune,15\nLAMP,pune,99\n", "stock")
    assert (file.changed, file.rejected) == (2, 1), "the limit itself goes in, and so does opening stock"
    assert "MUG at pune: +6 units are more than one person may post there" in page(client, file)
    count_stock("MUG", location="pune", counted=16, source="c-1", reason="Shelf", actor=bo)
    file = brought(client, "sku,location,on_hand\nMUG,pune,11\n", "stock")
    assert "a count of it waits for a second person" in page(client, file)
    Location.objects.update(count_limit=None)
    StockCount.objects.all().delete()
    assert brought(client, "sku,location,on_hand\nMUG,pune,16\n", "stock").rejected == 0, "without a limit it may"


def test_people_bring_what_is_theirs_to_keep(shop, ana, bo, cy):
    """Sales describes products, the warehouse counts stock, and who works for one place counts there."""
    assert signed_in(cy).get(PAGE).status_code == 403
    ours, theirs = signed_in(ana), signed_in(bo)
    upload = {"file": SimpleUploadedFile("s.csv", b"sku,location,on_hand\nMUG,pune,1\n"), "kind": "products"}
    assert theirs.post(PAGE, upload).status_code == 422
    file = brought(ours, "sku,name\nVASE,Vase\n")
    assert "Import 1 product" not in page(theirs, file)
    assert theirs.post(f"{file.get_absolute_url()}application/").status_code == 403
    delhi = person("dev", "warehouse")
    delhi.location_codes = ["delhi"]
    delhi.save(update_fields=["location_codes"])
    there = brought(signed_in(delhi), "sku,location,on_hand\nMUG,pune,1\nMUG,delhi,3\n", "stock")
    assert (there.changed, there.rejected) == (1, 1)
    assert "leave pune to those who work there" in page(signed_in(delhi), there)
    assert signed_in(delhi).get(file.get_absolute_url()).status_code == 404


def test_a_dead_workers_file_is_taken_up_again_and_a_living_ones_is_left_alone(shop, ana):
    file = brought(signed_in(ana), "sku,name\nVASE,Vase\n")
    desk.ask_run(file.number, FileGoal.WRITE, actor=ana)
    with pytest.raises(Refused, match="being worked on"):
        desk.ask_run(file.number, FileGoal.WRITE, actor=ana)
    StockFile.objects.update(seen_at=now(), attempts=1)  # taken a moment ago
    assert desk.run_due() == 0
    StockFile.objects.update(seen_at=now() - timedelta(minutes=3))
    assert "takes longer than it should" in page(signed_in(ana), file)
    assert desk.run_due() == 1 and Product.objects.filter(sku="VASE").count() == 1
    desk.ask_run(file.number, FileGoal.CHECK, actor=ana)
    StockFile.objects.update(attempts=desk.RUNS.most)
    assert desk.run_due() == 1
    assert "given up" in page(signed_in(ana), file)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "in.csv is empty"), (b"%PDF-1.7", "not a text file"), (b"a,b\n1,2\n", "needs a column")]
)
def test_what_is_no_such_file_is_said(shop, ana, content, said):
    client = signed_in(ana)
    answer = client.post(PAGE, {"file": SimpleUploadedFile("in.csv", content), "kind": "products"}, follow=True)
    desk.run_due()
    found = StockFile.objects.first()
    assert said in (page(client, found) if found else answer.content.decode())


def test_refused_cells_are_mended_on_the_page_and_only_what_was_left_out_is_written_then(shop, bo):
    client = signed_in(bo)
    file = brought(client, "sku,location,on_hand\nMUG,pune,12\nKETTEL,pune,7\nLAMP,pune,many\n", "stock")
    assert write(client, file, leave_out="1").phase == "done"
    assert file.left_out == [3, 4]
    adjust_stock("MUG", location="pune", delta=-4, source="later", reason="Broken", actor=bo)
    mended = {"fix-3-sku": "KETTLE", "fix-4-on_hand": "3"}
    shown = client.post(f"{file.get_absolute_url()}fixes/", mended, follow=True).content.decode()
    assert "Waiting for a worker" in shown
    desk.run_due()
    file.refresh_from_db()
    assert (file.phase, file.rows, file.changed, file.rejected) == ("checked", 2, 2, 0)
    shown = page(client, file)
    assert "what was left out is checked again" in shown, "in the list of files"
    assert "Of the rows that were left out" in shown and "Changed here" in shown and "KETTEL" in shown
    assert write(client, file).phase == "done"
    assert [stock_of(sku).on_hand for sku in ("MUG", "KETTLE", "LAMP")] == [8, 7, 3], "the mugs are not counted anew"
    assert (file.left_out, file.content[:3]) == ([], b"sku"), "the file stays as it came"


def test_the_whole_file_written_again_would_bring_back_what_left_since(shop, bo):
    """Negative control: it is the list of rows left out that keeps the others from being set again."""
    client = signed_in(bo)
    file = brought(client, "sku,location,on_hand\nMUG,pune,12\nLAMP,pune,many\n", "stock")
    write(client, file, leave_out="1")
    adjust_stock("MUG", location="pune", delta=-4, source="later", reason="Broken", actor=bo)
    StockFile.objects.update(left_out=[])
    mend_cells(file.number, {(3, "on_hand"): "3"}, actor=bo)
    desk.run_due()
    file.refresh_from_db()
    write(client, file)
    assert stock_of("MUG").on_hand == 12


def test_a_cell_that_cannot_be_mended_says_why_and_products_are_mended_too(shop, ana):
    client = signed_in(ana)
    file = brought(client, "sku,name,price\nVASE,Vase,x\nMUG,,5\nMUG,,6\n")
    with pytest.raises(Refused, match="at most 400"):
        mend_cells(file.number, {(2, "price"): "9" * 401}, actor=ana)
    with pytest.raises(Refused, match="Reload the page"):
        mend_cells(file.number, {(3, "price"): "9"}, actor=ana)
    mend_cells(file.number, {(2, "price"): "12.50", (4, "sku"): "LAMP"}, actor=ana)
    with pytest.raises(Refused, match="being worked on"):
        mend_cells(file.number, {}, actor=ana)
    desk.run_due()
    file.refresh_from_db()
    assert (file.created, file.changed, file.rejected) == (1, 2, 0)
    assert Location.objects.filter(code="pune").exists() and write(client, file).phase == "done"
    assert Product.objects.get(sku="VASE").price == 12.5


def test_a_file_of_the_other_kind_is_named_and_checked_as_that(shop, adam):
    client = signed_in(adam)
    file = brought(client, "sku,location,on_hand,name\nMUG,pune,12,Mug\n")
    shown = page(client, file)
    assert "says what lies where" in shown and "Check it as stock levels" in shown
    client.post(f"{file.get_absolute_url()}check/", {"kind": "stock"})
    desk.run_due()
    file.refresh_from_db()
    assert (file.phase, file.kind, file.changed) == ("checked", "stock", 1)
    assert "describes products: it has “name”" in page(client, brought(client, "sku,name\nMUG,Mug\n", "stock"))


def test_how_far_a_file_is_stands_on_its_page_and_an_old_file_goes(shop, ana):
    client = signed_in(ana)
    file = desk.keep_file("in.csv", b"sku,name\nMUG,Cup\nX,\n", kind="products", actor=ana)
    StockFile.objects.update(seen_at=now())
    told_as(file.number)("Writing products", 5000, 20000)
    shown = page(client, file)
    assert "Writing products: 5,000 of 20,000" in shown and 'aria-valuenow="25"' in shown
    StockFile.objects.update(seen_at=None)
    desk.run_due()
    assert heard(file.number).what == "Comparing rows with the products there are"
    assert forget_files(now()) == 1 and forget_files(now()) == 0
    file.refresh_from_db()
    assert (bytes(file.content), file.rows, file.rejected) == (b"", 2, 1)
    assert "is not kept any more" in page(client, file)
    with pytest.raises(Refused, match="not kept any more"):
        desk.ask_run(file.number, FileGoal.CHECK, actor=ana)
