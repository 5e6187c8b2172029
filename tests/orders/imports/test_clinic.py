"""The clinic: a file with 37 errors is mended cell by cell in the browser, and then every order is in."""

import re

import pytest
from django.test import Client

from inventory.models import Product
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.imports.explain import suggest
from orders.imports.mend import mend_cells
from orders.models import ImportFix, ImportRow, Order
from orders.seeds import seed
from tests.orders.imports.clinic import imported, uploaded, worked

pytestmark = pytest.mark.django_db
COLUMNS = (
    "order_id", "placed_at", "currency", "sku", "name", "quantity", "unit_price", "discount", "tax", "shipping", "total",
    "tax_included", "customer_name", "email", "ship_city", "ship_country", "payment_terms", "paid", "payment_method", "promised_at",
)  # fmt: skip
SOUND = {
    "placed_at": "2026-03-01 10:00", "currency": "INR", "sku": "KET-18-BLU", "name": "Kettle", "quantity": "2",
    "unit_price": "450.00", "customer_name": "Ana", "ship_city": "Pune", "ship_country": "India", "payment_terms": "prepaid",
}  # fmt: skip
# Column, what stands there, what the clinic proposes ("" where it cannot know), what a person writes where it does not.
PLANTED = (
    ("sku", "KET18BLU", "KET-18-BLU", ""), ("sku", "ket 18 grn", "KET-18-GRN", ""), ("sku", "MUG-BLEU", "MUG-BLUE", ""),
    ("sku", "XYZ-000", "", "MUG-BLUE"), ("quantity", "12.5", "12", ""), ("quantity", "two", "2", ""), ("quantity", "-3", "3", ""),
    ("quantity", "0", "", "1"), ("quantity", "", "", "4"), ("quantity", "3 pcs", "3", ""), ("quantity", "2000000", "", "20"),
    ("unit_price", "4,50", "4.50", ""), ("unit_price", "-1,480.00", "1480.00", ""), ("unit_price", "₹ 450/-", "450", ""),
    ("unit_price", "free", "", "0"), ("unit_price", "", "", "450"), ("unit_price", "1.480,50", "1480.50", ""),
    ("placed_at", "31/02/2026", "2026-02-28", ""), ("placed_at", "03/25/2026", "2026-03-25", ""), ("placed_at", "", "", "2026-03-02"),
    ("placed_at", "2026.03.22", "2026-03-22", ""), ("placed_at", "22nd March", "", "22/03/2026"),
    ("placed_at", "2099-01-01", "", "2026-01-01"), ("placed_at", "1890-01-01", "", "2026-01-01"),
    ("promised_at", "2026/13/40", "", "2026-03-30"), ("currency", "Rs", "INR", ""), ("currency", "INRR", "INR", ""),
    ("ship_country", "Indai", "IN", ""), ("ship_country", "Atlantis", "", "IN"), ("email", "ana at example.test", "ana@example.test", ""),
    ("email", "ana@example,test", "ana@example.test", ""), ("payment_terms", "pre-paid", "prepaid", ""),
    ("payment_method", "UPPI", "upi", ""), ("tax_included", "nope", "no", ""), ("discount", "99999", "", "10"),
    ("total", "901.00", "900.00", ""), ("order_id", "", "", "LAST"),
)  # fmt: skip
ERRORS = len(PLANTED)
ORDERS = 1000


def line(number: int, **cells: str) -> str:
    values = SOUND | {"order_id": f"N-{number}", "email": f"buyer{number}@example.test"} | cells
    return ",".join(f'"{values.get(column, "")}"' for column in COLUMNS)


def planted_rows() -> dict[int, tuple[str, str, str, str]]:
    """File row -> error; spread over the whole file, the first and the last row included."""
    rows = [2 + (ORDERS - 1) * at // (ERRORS - 1) for at in range(ERRORS)]
    return dict(zip(rows, PLANTED, strict=True))


def sick_file() -> str:
    wrong = planted_rows()
    rows = [line(n, **({wrong[n + 1][0]: wrong[n + 1][1]} if n + 1 in wrong else {})) for n in range(1, ORDERS + 1)]
    return "\n".join((",".join(COLUMNS), *rows))


@pytest.fixture
def desk(ana) -> Client:
    seed()
    for sku in ("KET-18-BLU", "KET-18-GRN", "MUG-BLUE"):
        Product.objects.create(sku=sku, name=sku.title(), price=450)
    client = Client()
    client.force_login(ana)
    return client


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def inputs(page: str) -> dict[str, str]:
    """What a browser would send if nobody typed anything."""
    found = re.findall(r'name="(fix-\d+)"[^>]*value="([^"]*)"', page)
    return {name: value.replace("&amp;", "&").replace("&#x27;", "'") for name, value in found}


def test_all_37_errors_are_named_mended_in_the_browser_and_a_thousand_orders_come_in(desk, ana):
    assert ERRORS == 37
    batch = uploaded(desk, sick_file(), check_skus="on")
    assert (batch.phase, batch.rows, batch.created, batch.rejected) == ("checked", ORDERS, ORDERS - 37, 37)
    planted = planted_rows()
    found = {r.row: r for r in batch.rejects.all()}
    assert {row: (r.column, r.in_cell) for row, r in found.items()} == {
        row: (c, v) for row, (c, v, _, _) in planted.items()
    }
    assert {row: r.suggestion for row, r in found.items()} == {row: s for row, (_, _, s, _) in planted.items()}
    assert all(r.reason.endswith((".", "?")) for r in found.values())

    batch = imported(batch)
    assert (batch.phase, batch.created, batch.rejected, Order.objects.count()) == ("done", ORDERS - 37, 37, ORDERS - 37)
    before = dict(Order.objects.values_list("number", "version"))

    typed = inputs(page_of(desk, batch.get_absolute_url()))
    assert len(typed) == 37
    typed |= {f"fix-{found_by(batch, row).pk}": mine for row, (_, _, _, mine) in planted.items() if mine}
    assert desk.post(f"/imports/{batch.number}/fixes/", typed).status_code == 302
    batch = worked(batch)
    assert (batch.phase, batch.to_write, batch.rejected) == ("checked", 37, 0), list(
        batch.rejects.values_list("row", "reason")
    )
    assert "Import only the 37 mended" in page_of(desk, batch.get_absolute_url())
    assert Order.objects.count() == ORDERS - 37

    desk.post(f"/imports/{batch.number}/application/")
    batch = worked(batch)
    assert (batch.phase, batch.created, batch.rejected, Order.objects.count()) == ("done", ORDERS, 0, ORDERS)
    assert (
        dict(Order.objects.filter(number__in=before).values_list("number", "version")) == before
    )  # the others: untouched
    assert (
        set(Order.objects.filter(is_historical=False).values_list("external_id", flat=True))
        == {f"N-{n}" for n in range(1, 1000)} | {"LAST" if planted.get(1001, ("",))[0] == "order_id" else "N-1000"}
        or Order.objects.count() == ORDERS
    )
    fixes = ImportFix.objects.order_by("pk")
    assert fixes.count() == 37
    assert set(fixes.values_list("by__username", flat=True)) == {"ana"}
    assert (fixes[0].before, fixes[0].after) == ("KET18BLU", "KET-18-BLU")
    assert {code: rows for code, rows in run_all().items() if rows} == {}


def found_by(batch, row: int) -> ImportRow:
    return batch.rejects.get(row=row)


def test_every_wrong_cell_of_an_order_is_named_at_once(desk):
    rows = (line(1, quantity="two", unit_price="x"), line(1, quantity="three"), line(2))
    batch = uploaded(desk, "\n".join((",".join(COLUMNS), *rows)))
    assert list(batch.rejects.values_list("row", "column")) == [(2, "quantity"), (2, "unit_price"), (3, "quantity")]
    assert (batch.orders, batch.rejected, batch.created) == (2, 1, 1)


def test_the_page_of_a_row_marks_the_wrong_cell_and_takes_any_other(desk):
    batch = uploaded(desk, "\n".join((",".join(COLUMNS), line(1, ship_country="Indai"), line(2))))
    reject = batch.rejects.get()
    page = page_of(desk, f"/imports/rows/{reject.pk}/")
    assert page.count('aria-invalid="true"') == 1
    cells = {f"column-{at}": column for at, column in enumerate(COLUMNS)}
    cells |= {f"cell-{at}": reject.cells[column] for at, column in enumerate(COLUMNS)}
    at = {column: at for at, column in enumerate(COLUMNS)}
    changed = cells | {f"cell-{at['ship_country']}": "IN", f"cell-{at['ship_city']}": "Nashik", "batch": batch.number}
    desk.post(f"/imports/rows/{reject.pk}/", changed)
    batch = imported(worked(batch))
    assert (batch.created, batch.rejected) == (2, 0)
    assert Order.objects.get(external_id="N-1").ship_city == "Nashik"
    page = page_of(desk, batch.get_absolute_url())
    assert "Changed here" in page
    assert "Indai" in page
    answer = desk.post(f"/imports/rows/{reject.pk}/", changed, follow=True)
    assert "checked again meanwhile" in answer.content.decode()


def test_a_cell_may_be_mended_again_and_the_last_word_counts(desk):
    batch = uploaded(desk, "\n".join((",".join(COLUMNS), line(1, quantity="x"))))
    desk.post(f"/imports/{batch.number}/fixes/", {f"fix-{batch.rejects.get().pk}": "y"})
    batch = worked(batch)
    assert batch.rejects.get().in_cell == "y"
    desk.post(f"/imports/{batch.number}/fixes/", {f"fix-{batch.rejects.get().pk}": "7"})
    batch = imported(worked(batch))
    assert Order.objects.get().qty_ordered == 7
    assert list(batch.fixes.order_by("pk").values_list("before", "after")) == [("x", "y"), ("y", "7")]


def test_saving_without_a_change_says_so(desk):
    batch = uploaded(desk, "\n".join((",".join(COLUMNS), line(1, quantity="many"))))
    answer = desk.post(f"/imports/{batch.number}/fixes/", {f"fix-{batch.rejects.get().pk}": "many"}, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert not ImportFix.objects.exists()


def test_nobody_writes_into_a_column_the_row_has_not(desk, ana):
    batch = uploaded(desk, "\n".join((",".join(COLUMNS), line(1, quantity="many"))))
    with pytest.raises(Refused, match="has no column"):
        mend_cells(batch.number, {(batch.rejects.get().pk, "secret"): "1"}, actor=ana)
    with pytest.raises(Refused, match="at most"):
        mend_cells(batch.number, {(batch.rejects.get().pk, "quantity"): "1" * 5000}, actor=ana)


def test_an_order_that_others_changed_since_is_not_read_again_with_the_rejects(desk, ana):
    batch = imported(uploaded(desk, "\n".join((",".join(COLUMNS), line(1), line(2, quantity="x")))))
    Order.objects.filter(external_id="N-1").update(source_hash="newer")
    desk.post(f"/imports/{batch.number}/fixes/", {f"fix-{batch.rejects.get().pk}": "1"})
    batch = worked(batch)
    assert (batch.created, batch.updated) == (1, 0)
    batch = imported(batch)
    assert (batch.created, batch.updated, batch.rejected) == (2, 0, 0)
    assert Order.objects.get(external_id="N-1").source_hash == "newer"


@pytest.mark.parametrize("text, meant", [("1O", "10"), ("l2", "12"), ("12 nos", "12"), ("OO", ""), ("three", "3")])
def test_what_a_number_was_probably_meant_to_be(text, meant):
    assert suggest("count", text) == meant


def test_a_box_that_nobody_can_fill_for_a_person_is_marked(desk):
    batch = uploaded(
        desk, "\n".join((",".join(COLUMNS), line(1, quantity="12.5"), line(2, quantity="lots"), line(3, placed_at="")))
    )
    page = page_of(desk, batch.get_absolute_url())
    assert "2 of them need you: their boxes are marked" in page
    assert page.count('aria-invalid="true"') == 2
    assert "The cell is empty: when was the order placed? Write it like 2026-03-22 or 22/03/2026." in page
