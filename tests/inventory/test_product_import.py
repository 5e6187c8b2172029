"""Product files: created or changed as the cells say, all or nothing, again changes nothing, and out as they came in."""

import csv
import json
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from openpyxl import Workbook

from inventory.actions.placeholder import make_placeholders
from inventory.imports.products import import_products, product_lines
from inventory.models import Product
from oms.kernel.errors import Refused


@pytest.fixture
def bring(tmp_path):
    def run(content: str | bytes, *flags: str) -> tuple[int, str]:
        """Import `content`; return the exit code and what was said."""
        path = tmp_path / "products.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, err, code = StringIO(), StringIO(), 0
        try:
            call_command("import_products", str(path), *flags, stdout=out, stderr=err)
        except SystemExit as end:
            code = end.code
        return code, out.getvalue() + err.getvalue()

    return run


def kinds(sku: str) -> str:
    return "".join(Product.history.filter(sku=sku).order_by("history_id").values_list("history_type", flat=True))


def test_cells_that_are_given_count_and_the_same_file_again_changes_nothing(shop, bring, ana, tmp_path):
    Product.objects.filter(sku="MUG").update(barcode="8901", tax_class="gst-12")
    make_placeholders({"BOWL": "bowl?", "DISH": "Dish"}, currency="INR")
    before = {sku: kinds(sku) for sku in ("MUG", "LAMP")}
    text = (
        "SKU,Name,Price,Currency,Weight grams,Active,Colour,Barcode\n"
        'MUG,,"1,250.5",,300,,blue,\n'  # the empty cells keep what is there
        "LAMP,,,,,yes,red,\n"
        "BOWL,Blue bowl,90,,,,,\nDISH,Dish,,,,,,\n"
        "VASE,Vase,19.99,eur,1200.0,no,,0042\n"
    )
    told = "5 rows: 1 {}created, 2 {}changed, 2 unchanged, not read: “colour”.\n"
    assert bring(text, "--dry-run") == (0, told.format("would be ", "would be "))
    assert not Product.objects.filter(sku="VASE").exists()
    assert bring(text) == (0, told.format("", ""))
    mug = Product.objects.get(sku="MUG")
    assert (mug.price, mug.weight_grams, mug.barcode, mug.tax_class) == (Decimal("1250.5"), 300, "8901", "gst-12")
    vase = Product.objects.get(sku="VASE")
    assert (vase.price, vase.currency, vase.weight_grams, vase.is_active, vase.barcode) == (
        Decimal("19.99"), "EUR", 1200, False, "0042",
    )  # fmt: skip
    placeholders = set(Product.objects.filter(is_placeholder=True).values_list("sku", flat=True))
    assert placeholders == {"DISH"}, "a file that says nothing new of a SKU has not described it"
    assert {sku: kinds(sku) for sku in ("MUG", "LAMP", "VASE")} == {
        "MUG": f"{before['MUG']}~", "LAMP": before["LAMP"], "VASE": "+",
    }  # fmt: skip
    assert bring(text)[1].startswith("5 rows: 0 created, 0 changed, 5 unchanged")
    path = tmp_path / "by ana.csv"
    path.write_text("sku,name\nVASE,Tall vase\n")
    import_products(path, actor=ana)
    last = Product.history.filter(sku="VASE").latest("history_id")
    assert (last.history_user, last.history_change_reason, last.name) == (ana, "Product file by ana.csv", "Tall vase")


def test_every_wrong_cell_is_named_and_only_asked_for_the_others_go_in(shop, bring, tmp_path):
    text = (
        "sku,name,barcode,price,currency,weight_grams,active\n"
        "NEW,New thing,,-1,INRR,1.5,maybe\n"
        ",No sku,,,,,\n"
        "NAMELESS,,,5,,,\n"
        "mug,Small letters,,,,,\n"
        "TWICE,Twice,,,,,\nTWICE,Twice,,,,,\n"
        "CODE,Coded,8.90123E+12,,,,\n"
        f"{'X' * 81},Long,,,,,\n"
        "MUG,Mug new,,9,,,\n"
        "=1+1,Formula,,4,50,,\n"
    )
    code, said = bring(text)
    assert code == 1
    for sentence in (
        "10 rows; nothing was written, because 8 cannot be taken:",
        "Row 2: “-1” is no price; write it like 1234.50, zero or more.",
        "Row 2: “INRR” is no currency code like INR.",
        "Row 2: “1.5” is no whole number, zero or more.",
        "Row 2: “maybe” is neither yes nor no.",
        "Row 3: The SKU is empty.",
        "Row 4: NAMELESS is a new SKU and needs a name.",
        "Row 5: mug differs from MUG only in capital letters; scanners see no difference. Write MUG.",
        "Row 7: TWICE is already in row 6; keep one of them.",
        "Row 8: “8.90123E+12” was shortened by a spreadsheet;",
        "Row 9: “XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX…” is longer than 80 characters",
        "Row 11: “50” is no currency code like INR.",
    ):
        assert sentence in said, said
    assert not Product.objects.filter(sku="TWICE").exists()
    kept = tmp_path / "rejects.csv"
    code, said = bring(text, "--leave-out", "--rejects", str(kept), "--json")
    assert said.startswith("10 rows: 1 created, 1 changed, 0 unchanged, 8 left out:")
    assert json.loads(said.splitlines()[-1])["rejected"] == 8
    assert Product.objects.get(sku="MUG").name == "Mug new"
    lines = list(csv.reader(kept.read_text(encoding="utf-8-sig").splitlines()))
    assert [lines[0][-2:], lines[1][-2], lines[-1][0]] == [["row", "reason"], "2", "'=1+1"]
    assert "no price" in lines[1][-1] and "neither yes nor no" in lines[1][-1]
    mended = ",".join(lines[0]) + "\n'=1+1,Formula,,4,INR,,,11,mended\n"
    assert bring(mended) == (0, "1 row: 1 created, 0 changed, 0 unchanged.\n")
    assert Product.objects.get(sku="=1+1").price == 4


def test_what_goes_out_comes_back_unchanged_and_makes_the_same_catalogue_elsewhere(shop, bring):
    Product.objects.filter(sku="KETTLE").update(
        sku="=KETTLE", name="-1+2, “kettle”", price=Decimal("0.0125"), tax_class="'quoted", is_active=False, make_days=9
    )
    Product.objects.filter(sku="LAMP").update(name=" Caf\u0065\u0301 ", price=None)
    text = "".join(product_lines())
    assert bring(text) == (0, "3 rows: 0 created, 0 changed, 3 unchanged.\n")
    book = Workbook()
    for row in csv.reader(StringIO(text.removeprefix("\ufeff"))):
        book.active.append(row)
    book.save(sheet := BytesIO())
    assert bring(sheet.getvalue()) == (0, "3 rows: 0 created, 0 changed, 3 unchanged.\n")
    assert bring(text.replace("KETTLE", "KETTLE-2").replace("MUG", "MUG-2"))[1].startswith("3 rows: 2 created")
    out = StringIO()
    call_command("export_products", "-", stdout=out)
    first, second = (row[1:] for row in csv.reader(StringIO(out.getvalue())) if "KETTLE" in row[0])
    assert first == second


def test_a_file_that_names_no_products_is_refused(shop, bring):
    code, said = bring("code,name\nMUG,Mug\n")
    assert code == 2 and "needs a column “sku”" in said and "It has “code”, “name”" in said


def test_a_sku_somebody_adds_meanwhile_refuses_the_file_whole(shop, tmp_path):
    """The other one comes in between looking and writing."""
    path = tmp_path / "p.csv"
    path.write_text("sku,name\nAAA,First\nVASE,Vase\n")
    added = []

    def meanwhile(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "inventory_product"') and not added:
            added.append(True)
            Product.objects.create(sku="VASE", name="Somebody else's")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile), pytest.raises(Refused, match="Nothing was written"):
        import_products(path, actor="system")
    assert added and not Product.objects.filter(sku="AAA").exists()
