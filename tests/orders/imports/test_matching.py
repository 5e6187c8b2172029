"""Files of no known layout: their columns are matched once and known by their columns ever after."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from orders.channels.matching import FIELDS, guess, signature
from orders.models import Channel, ImportMapping, Order
from orders.seeds import seed
from tests.orders.imports.clinic import imported, uploaded, worked

pytestmark = pytest.mark.django_db
HEADER = "PO No,PO Date,Party,Item,Nos,Rate,Del. by,Ship PIN,Remark"
ROW = "DP-5517,03/04/2026,Station Road Traders,TIF-3T,40,1250.00,13/04/2026,422005,Call before"
FILE = f"{HEADER}\n{ROW}\n"
CHOSEN = (
    "order_id",
    "placed_at",
    "customer_name",
    "sku",
    "quantity",
    "unit_price",
    "promised_at",
    "ship_postal_code",
    "note",
)


@pytest.fixture
def desk(ana) -> Client:
    seed()
    client = Client()
    client.force_login(ana)
    return client


def chosen(*fields: str, **more: str) -> dict[str, str]:
    return {f"column-{at}": field for at, field in enumerate(fields)} | {
        "dates": "dmy", "currency": "INR", "tax_included": "yes", "name": "Distributor weekly",
    } | more  # fmt: skip


def test_columns_are_guessed_from_their_names():
    assert guess(HEADER.split(",")) == dict(zip(HEADER.split(","), CHOSEN, strict=True))
    assert guess(["Order ID", "order id 2", "SKU", "Qty"]) == {"Order ID": "order_id", "SKU": "sku", "Qty": "quantity"}
    assert set(FIELDS) >= set(CHOSEN)
    tally = ["Vch No.", "Bill Dt", "Party", "Stock Code", "Particulars", "Nos.", "Rate (Rs.)", "Stn", "PIN [6]"]
    assert guess(tally) == dict(
        zip(
            tally,
            (
                "order_id",
                "placed_at",
                "customer_name",
                "sku",
                "name",
                "quantity",
                "unit_price",
                "ship_city",
                "ship_postal_code",
            ),
            strict=True,
        )
    )


def test_what_is_still_to_be_chosen_is_said(desk):
    batch = uploaded(desk, "Lot,Colour\n7,red\n")
    page = desk.get(f"/imports/{batch.number}/columns/").content.decode()
    assert "Still to be chosen: Source number, Order date, Quantity, Unit price, SKU or Item name." in page


def test_a_file_that_names_no_currency_is_in_that_of_its_channel(desk, shop):
    Channel.objects.filter(code="web").update(currency="AUD", country="AU")
    ours = "order_id,placed_at,sku,quantity,unit_price\nA-1,2026-03-01 10:00,MUG,1,9.50\n"
    imported(uploaded(desk, ours, channel="web"))
    batch = uploaded(desk, FILE, channel="web")
    desk.post(f"/imports/{batch.number}/columns/", chosen(*CHOSEN, currency=""))
    imported(worked(batch))
    assert set(Order.objects.values_list("external_id", "currency")) == {("A-1", "AUD"), ("DP-5517", "AUD")}


def test_a_strange_file_is_matched_imported_and_known_next_time(desk):
    batch = uploaded(desk, FILE)
    assert batch.phase == "failed"
    page = desk.get(batch.get_absolute_url()).content.decode()
    assert "Match the columns" in page
    page = desk.get(f"/imports/{batch.number}/columns/").content.decode()
    assert '<option value="order_id" selected>Source number (needed)</option>' in page
    assert "Station Road Traders" in page

    desk.post(f"/imports/{batch.number}/columns/", chosen(*CHOSEN))
    batch = worked(batch)
    assert (batch.phase, batch.created, batch.rejected) == ("checked", 1, 0), batch.error
    batch = imported(batch)
    order = Order.objects.get()
    assert (order.external_id, order.total, order.customer_name) == ("DP-5517", Decimal(50000), "Station Road Traders")
    assert (order.placed_at.day, order.placed_at.month, order.customer_note) == (3, 4, "Call before")

    # The columns in another order, the same source: nothing to match any more.
    again = uploaded(
        desk, f"Remark,{HEADER[:-7]}\nx,{ROW.replace('5517', '5518')[: -len(',Call before')]}", channel="desk"
    )
    assert (again.phase, again.created, again.matching["name"]) == ("checked", 1, "Distributor weekly")
    assert "Columns matched as “Distributor weekly”" in desk.get(again.get_absolute_url()).content.decode()
    elsewhere = uploaded(desk, FILE, new_channel="other")
    assert elsewhere.phase == "failed"  # another source may mean something else by the same words


def test_month_first_is_read_as_the_person_said(desk):
    batch = uploaded(desk, FILE.replace("13/04/2026", "04/13/2026"))
    desk.post(f"/imports/{batch.number}/columns/", chosen(*CHOSEN, dates="mdy"))
    imported(worked(batch))
    assert Order.objects.get().placed_at.month == 3


@pytest.mark.parametrize(
    ("fields", "more", "says"),
    [
        (("order_id", "placed_at", "", "", "quantity", "unit_price"), {}, "SKU or Item name"),
        (("order_id", "", "", "sku", "quantity", "unit_price"), {}, "Say which column is Order date"),
        (("order_id", "placed_at", "order_id", "sku", "quantity", "unit_price"), {}, "can be only one"),
        (CHOSEN, {"currency": "XXY"}, "not a currency code"),
        (CHOSEN, {"dates": "ymd"}, "day or the month"),
        (("nonsense", *CHOSEN[1:]), {}, "no field nonsense"),
    ],
)
def test_a_match_that_cannot_work_is_refused_in_words_and_kept_on_the_page(desk, fields, more, says):
    batch = uploaded(desk, FILE)
    answer = desk.post(f"/imports/{batch.number}/columns/", chosen(*fields, **more))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ImportMapping.objects.exists()


def test_rows_to_fix_speak_the_files_own_words(desk):
    batch = uploaded(desk, FILE.replace(",40,", ",forty,").replace("1250.00", '"1.250,00"'))
    desk.post(f"/imports/{batch.number}/columns/", chosen(*CHOSEN))
    batch = worked(batch)
    assert list(batch.rejects.values_list("row", "column", "value", "suggestion")) == [
        (2, "Nos", "forty", ""), (2, "Rate", "1.250,00", "1250.00"),
    ]  # fmt: skip
    desk.post(
        f"/imports/{batch.number}/fixes/",
        {f"fix-{r.pk}": {"Nos": "40", "Rate": "1250.00"}[r.column] for r in batch.rejects.all()},
    )
    imported(worked(batch))
    assert Order.objects.get().total == 50000


def test_a_known_layout_may_be_matched_otherwise_until_its_orders_are_in(desk):
    header = "order_id,placed_at,currency,sku,quantity,unit_price,list_price"
    batch = uploaded(desk, f"{header}\nA-1,2026-03-01,INR,MUG,2,100.00,250.00")
    fields = ("order_id", "placed_at", "currency", "sku", "quantity", "", "unit_price")
    desk.post(f"/imports/{batch.number}/columns/", chosen(*fields))
    batch = imported(worked(batch))
    assert Order.objects.get().total == 500
    answer = desk.post(f"/imports/{batch.number}/columns/", chosen(*fields))
    assert "is imported; other columns would make other orders" in answer.content.decode()


def test_the_command_takes_a_match_by_name(desk, tmp_path):
    batch = uploaded(desk, FILE)
    desk.post(f"/imports/{batch.number}/columns/", chosen(*CHOSEN))
    path = tmp_path / "week.csv"
    path.write_text(FILE)
    out, err = StringIO(), StringIO()
    call_command(
        "import_orders", str(path), "--channel", "desk", "--mapping", "Distributor weekly", "--json", stdout=out
    )
    assert json.loads(out.getvalue().splitlines()[-1])["created"] == 1
    with pytest.raises(SystemExit):
        call_command("import_orders", str(path), "--channel", "desk", "--mapping", "Weekly", stderr=err)
    assert "There is “Distributor weekly”" in err.getvalue()
    with pytest.raises(SystemExit):
        call_command("import_orders", str(path), "--channel", "desk", stderr=err)
    assert "--format or --mapping" in err.getvalue()


def test_the_signature_minds_names_and_not_their_order():
    assert signature(["PO No", "Rate"]) == signature(["rate", "po-no"])
    assert signature(["PO No"]) != signature(["PO No", "Rate"])
