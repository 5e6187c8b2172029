"""Stock files: set to the figure, all or nothing, again changes nothing, and sentences for what is wrong."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from inventory.models import Product, StockLevel, StockMovement
from oms.events.relay import deliver_due
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from tests.stories import Stock, again, placed, stock_of


@pytest.fixture
def bring(tmp_path):
    def run(text: str | bytes, *flags: str) -> tuple[int, str]:
        """Import `text`; return the exit code and what was said."""
        path = tmp_path / "stock.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        out, err, code = StringIO(), StringIO(), 0
        try:
            call_command("import_stock", str(path), *flags, stdout=out, stderr=err)
        except SystemExit as end:
            code = end.code
        return code, out.getvalue() + err.getvalue()

    return run


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "orders")))


def test_levels_become_what_the_file_says_and_again_changes_nothing(shop, bring):
    text = "sku,location,on_hand\nMUG,pune,12\nLAMP,delhi,4\nKETTLE,pune,10\n"
    assert bring(text) == (0, "3 rows: 2 levels changed by +6 units, 1 unchanged.\n")
    assert (stock_of("MUG").on_hand, stock_of("LAMP", "delhi").on_hand) == (12, 4)
    kinds = dict(StockMovement.objects.filter(source__startswith="import:").values_list("product__sku", "kind"))
    assert kinds == {"MUG": "adjustment", "LAMP": "opening"}
    assert bring(text) == (0, "3 rows: 0 levels changed by +0 units, 3 unchanged.\n")
    assert sound()


def test_every_wrong_row_is_named_and_nothing_goes_in(shop, bring):
    placed(("KETTLE", 6))
    before = StockMovement.objects.count()
    code, said = bring(
        "sku,location,on_hand\nMUG,pune,99\nNOPE,pune,1\nMUG,moon,1\nMUG,delhi,-1\nMUG,delhi,2.5\n"
        "MUG,pune,5\nKETTLE,pune,5\nLAMP,pune,\n,pune,1\n"
    )
    assert code == 1
    for sentence in (
        "9 rows; nothing was written, because 8 cannot be taken",
        "Row 3: There is no SKU NOPE",
        "Row 4: There is no location moon; there are delhi, pune.",
        "Row 5: MUG at delhi: “-1” is not a number of units",
        "Row 6: MUG at delhi: “2.5” is not",
        "Row 7: MUG at pune is already in row 2",
        "Row 8: KETTLE at pune cannot be 5: 6 units there are promised",
        "Row 9: LAMP at pune: on_hand is empty",
        "Row 10: The SKU is empty.",
    ):
        assert sentence in said, said
    assert StockMovement.objects.count() == before
    assert stock_of("KETTLE") == Stock(on_hand=10, reserved=6)


def test_what_cannot_be_taken_is_left_out_and_comes_back_mended(shop, bring, tmp_path):
    """Also a reason that a spreadsheet would run, and a figure that the ledger refuses."""
    placed(("KETTLE", 6))
    kept = tmp_path / "rejects.csv"
    text = "sku,location,on_hand\nMUG,pune,12\n=NOPE,pune,1\nLAMP,delhi,x\nKETTLE,pune,5\nMUG,delhi,5\n"
    flags = ("--leave-out", "--rejects", str(kept))
    code, said = bring(text, *flags)
    assert (code, said.splitlines()[0]) == (1, "5 rows: 1 level changed by +2 units, 1 unchanged, 3 left out:")
    assert f"All 3 are in {kept}." in said
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand) == (12, 10)
    lines = list(csv.reader(kept.read_text(encoding="utf-8-sig").splitlines()))
    assert [line[:4] for line in lines] == [
        ["sku", "location", "on_hand", "row"], ["'=NOPE", "pune", "1", "3"], ["LAMP", "delhi", "x", "4"],
        ["KETTLE", "pune", "5", "5"],
    ]  # fmt: skip
    assert "There is no SKU =NOPE" in lines[1][4] and "promised" in lines[3][4]
    mended = kept.read_text().replace("'=NOPE", "LAMP").replace(",x,", ",4,").replace("KETTLE,pune,5", "KETTLE,pune,8")
    assert bring(mended) == (0, "3 rows: 3 levels changed by +3 units, 0 unchanged.\n")
    assert sound()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "stock.csv is empty."),
        ("sku,qty\nMUG,1\n", "has no columns “location”, “on_hand”"),
        ('sku,location,on_hand\n"MUG"x,pune,1\n', "cannot be read near line 2"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(shop, bring, text, said):
    code, told = bring(text)
    assert code == 2
    assert said in told


def test_a_missing_file_is_said(shop):
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_stock", "/nowhere/stock.csv", stderr=err)
    assert "stock.csv cannot be opened" in err.getvalue()


def test_a_dry_run_says_it_and_writes_nothing(shop, bring):
    code, said = bring("sku,location,on_hand\nLAMP,delhi,4\n", "--dry-run", "--json")
    assert code == 0
    assert "1 level would change by +4 units" in said
    assert json.loads(said.splitlines()[-1]) == {"rows": 1, "changed": 1, "unchanged": 0, "units": 4, "rejects": []}
    assert not StockLevel.objects.filter(product__sku="LAMP").exists()


def test_orders_that_wait_get_what_a_file_brings(shop, bring, ana):
    order = placed(("LAMP", 3))
    confirm_order(order.number, actor=ana)
    assert bring("sku,location,on_hand\nLAMP,pune,2\nLAMP,delhi,2\n")[0] == 0
    while deliver_due():
        pass
    assert (again(order).qty_allocated, again(order).qty_backordered) == (3, 0)
    assert sound()


def test_an_export_goes_back_in_unchanged(shop, bring, client, bo):
    Product.objects.filter(sku="KETTLE").update(sku="=KETTLE", name="-1+2, “kettle”")
    client.force_login(bo)
    text = client.get(reverse("inventory:stock"), {"export": "csv"}).getvalue()
    assert bring(text) == (0, "3 rows: 0 levels changed by +0 units, 3 unchanged.\n")
