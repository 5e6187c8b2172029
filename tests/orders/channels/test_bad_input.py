"""Input that is wrong: the order concerned is refused with row, column and sentence; nothing else suffers."""

import gzip

import pytest

from oms.kernel.errors import Refused
from oms.tables.files import read_table
from orders.channels.cells import priced
from orders.channels.registry import FORMATS, format_for

HEADER = "order_id,placed_at,currency,sku,name,quantity,unit_price,customer_name"
GOOD = "A-1,2026-03-01 10:00,EUR,MUG,Blue mug,2,4.50,Ana"


def read(tmp_path, *rows: str | bytes, header: str = HEADER, key: str = "csv"):
    path = tmp_path / "orders.csv"
    path.write_bytes(b"\n".join(r if isinstance(r, bytes) else r.encode() for r in (header, *rows)))
    return FORMATS[key].read([path])


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("B-2,31/02/2026,EUR,MUG,Mug,1,4.50,Bo", "placed_at", "not a date that exists"),
        ("B-2,,EUR,MUG,Mug,1,4.50,Bo", "placed_at", "empty"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,-4.50,Bo", "unit_price", "below zero"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,,Bo", "unit_price", "is empty"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,NaN,Bo", "unit_price", "not an amount"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,1e9,Bo", "unit_price", "not an amount"),
        ('B-2,2026-03-01,EUR,MUG,Mug,1,"4,50",Bo', "unit_price", "not an amount"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,0.0125,Bo", "unit_price", "smallest coin"),
        ("B-2,2026-03-01,EUR,MUG,Mug,12.5,4.50,Bo", "quantity", "whole number"),
        ("B-2,2026-03-01,EUR,MUG,Mug,0,4.50,Bo", "quantity", "whole number"),
        ("B-2,2026-03-01,EUR,MUG,Mug,9999999,4.50,Bo", "quantity", "whole number"),
        ("B-2,2026-03-01,EURO,MUG,Mug,1,4.50,Bo", "currency", "not a currency"),
        ("B-2,2026-03-01,EUR,,,1,4.50,Bo", "sku", "neither a SKU nor a name"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,4.50,B\0o", "customer_name", "NUL"),
        (f"B-2,2026-03-01,EUR,MUG,{'x' * 1_000_000},1,4.50,Bo", "name", "longer than 100 KB"),
        ("B-2,2026-03-01,EUR,MUG,Mug,1,4.50,Bo,extra", "", "9 cells"),
        (",2026-03-01,EUR,MUG,Mug,1,4.50,Bo", "order_id", "belongs to no order"),
    ],
)
def test_a_bad_cell_refuses_its_order_alone(tmp_path, row, column, says):
    result = read(tmp_path, GOOD, row, GOOD.replace("A-1", "C-3"))
    assert [d.external_id for d in result.drafts] == ["A-1", "C-3"]
    (reject,) = result.rejects
    assert (reject.row, reject.column) == (3, column)
    assert says in reject.reason
    assert len(reject.reason) < 200


def test_one_bad_line_refuses_the_whole_order(tmp_path):
    result = read(tmp_path, GOOD, GOOD.replace(",2,4.50", ",2,-1"))
    assert result.drafts == []
    assert [(r.row, r.external_id) for r in result.rejects] == [(3, "A-1")]


def test_formula_text_is_kept_as_text(tmp_path):
    (draft,) = read(tmp_path, GOOD.replace("Ana", "=HYPERLINK(1)")).drafts
    assert draft.customer_name == "=HYPERLINK(1)"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found_out(tmp_path, encoding):
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{HEADER}\n{GOOD.replace('Ana', 'Zoë')}\n".encode(encoding))
    assert FORMATS["csv"].read([path]).drafts[0].customer_name == "Zoë"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiters_are_found_out(tmp_path, delimiter):
    result = read(tmp_path, GOOD.replace(",", delimiter), header=HEADER.replace(",", delimiter))
    assert result.drafts[0].total == 9


def test_packed_files_open(tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{GOOD}\n".encode()))
    assert len(FORMATS["csv"].read([path]).drafts) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"), (b"PK\x03\x04rest", "file_packed"), (b"\x81\x8d\x9d\n", "encoding_unknown"),
        (b"\x1f\x8bnot really", "file_broken"), (b'a,b\n"open,1\n', "file_broken"), (b"a,a\n1,2\n", "column_twice"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused(tmp_path, content, code):
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_table(path)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("key", "column"),
    [("csv", "quantity"), ("shopify", "Lineitem price"), ("amazon", "order-id"), ("etsy", "Item Name")],
)
def test_a_missing_column_is_named(tmp_path, key, column):
    with pytest.raises(Refused, match=column):
        read(tmp_path, "1,2", header="order id,Name", key=key)


def test_missing_files_and_formats_are_refused(tmp_path):
    with pytest.raises(Refused, match="There is no file"):
        FORMATS["csv"].read([tmp_path / "gone.csv"])
    with pytest.raises(Refused, match="no file format"):
        format_for("excel")


def test_olist_without_its_items_is_refused(tmp_path):
    header = "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date"
    with pytest.raises(Refused, match="items"):
        read(tmp_path, header=f"{header},order_delivered_customer_date,order_estimated_delivery_date", key="olist")


@pytest.mark.parametrize(("value", "qty"), [("10.00", 3), ("1.29", 2), ("0.01", 7), ("0", 4), ("100", 1)])
def test_priced_parts_are_exactly_the_value(value, qty):
    from decimal import Decimal

    parts = priced(Decimal(value), qty, "USD")
    assert sum(n for n, _ in parts) == qty
    assert sum(n * price for n, price in parts) == Decimal(value)


SHOPIFY = "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Tip"


@pytest.mark.parametrize(
    ("money", "included", "adjustment", "note"),
    [
        ("10.00,2.00,1.00,12.00", True, "0", ""),
        ("10.00,2.00,1.00,13.00", False, "0", ""),
        ("10.00,2.00,0,13.50", True, "1.50", "Difference between Shopify's total and its parts"),
    ],
)
def test_shopifys_totals_say_whether_tax_is_inside_and_differences_are_kept(
    tmp_path, money, included, adjustment, note
):
    from decimal import Decimal

    row = f"#1,paid,EUR,{money},2026-03-01 10:00:00 +0100,2,Mug,5.00,"
    (draft,) = read(tmp_path, row, header=SHOPIFY, key="shopify").drafts
    assert draft.tax_included is included
    assert (draft.adjustment, draft.adjustment_note) == (Decimal(adjustment), note)
    assert draft.computed_total() == draft.total
    assert bool(draft.warnings) is bool(note)


def test_shopifys_tip_is_an_adjustment_of_its_own(tmp_path):
    row = "#1,paid,EUR,10.00,0,0,12.00,2026-03-01 10:00:00 +0100,2,Mug,5.00,2.00"
    (draft,) = read(tmp_path, row, header=SHOPIFY, key="shopify").drafts
    assert (draft.adjustment, draft.adjustment_note, draft.warnings) == (2, "Tip and duties", ())
