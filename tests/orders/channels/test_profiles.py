"""Marketplaces, shops and partners: real files to the last cent, else layouts as their sources name them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from oms.kernel.errors import Refused
from oms.tables.files import NO_FIXES
from orders.capture.validate import problems
from orders.channels.draft import OrderDraft, ReadResult
from orders.channels.registry import FORMATS, sniff
from tests.orders.channels.real import DATA, _present


def read(tmp_path: Path, text: str, name: str = "export.csv", key: str = "") -> ReadResult:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert not key or sniff([path]) == key
    return FORMATS[key or sniff([path])].read([path], NO_FIXES)


def sound(result: ReadResult) -> list[OrderDraft]:
    assert result.rejects == []
    for draft in result.drafts:
        assert problems(draft) == []
        assert draft.computed_total() == draft.total
    return result.drafts


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["001_order.created", "003_order.updated", "005_order.updated"])
def test_woocommerce_as_it_was_recorded(tmp_path, name):
    body = json.loads(_present(DATA / "payloads/woocommerce_recorded" / f"{name}.json").read_text())["body"]
    said = json.loads(body)
    (draft,) = sound(read(tmp_path, body, "order.json", "woocommerce"))
    assert (draft.external_id, draft.total, draft.currency) == (
        str(said["id"]),
        Decimal(said["total"]),
        said["currency"],
    )
    assert [(x.sku, x.qty, x.qty * x.unit_price - x.discount) for x in draft.lines] == [
        (x["sku"], x["quantity"], Decimal(x["total"])) for x in said["line_items"]
    ]
    assert draft.shipping == Decimal(said["shipping_total"])
    assert (draft.adjustment, draft.adjustment_note) == (Decimal("25.00"), "COD fee")
    assert draft.warnings == ()
    assert [(p.method, p.amount, p.state) for p in draft.payments] == [("cod", draft.total, "cod_due")]
    assert draft.customer_name == "Asha O'Brien-Ré"


@pytest.mark.realdata
def test_ebay_as_its_api_answered():
    path = _present(DATA / "payloads/ebay/getOrder_1.json")
    said = json.loads(path.read_text())
    assert sniff([path]) == "ebay"
    (draft,) = sound(FORMATS["ebay"].read([path], NO_FIXES))
    assert (draft.external_id, draft.total) == (said["orderId"], Decimal(said["pricingSummary"]["total"]["value"]))
    (line,) = draft.lines
    assert (line.sku, line.qty * line.unit_price) == (
        said["lineItems"][0]["sku"],
        Decimal(said["lineItems"][0]["lineItemCost"]["value"]),
    )
    assert (draft.ship_to.postal_code, draft.ship_to.country, draft.payments[0].state) == ("80221", "US", "captured")


@pytest.mark.realdata
def test_x12_as_a_partner_sent_it():
    path = _present(DATA / "edi/850_po4711.edi")
    assert sniff([path]) == "x12"
    (draft,) = sound(FORMATS["x12"].read([path], NO_FIXES))
    assert (draft.external_id, draft.total, draft.payment_terms) == ("PO4711", Decimal("20.00"), "credit")
    assert [(x.sku, x.qty, x.unit_price) for x in draft.lines] == [("X001", 2, Decimal("10.00"))]
    notice = FORMATS["x12"].read([_present(DATA / "edi/856_ship001.edi")], NO_FIXES)
    assert (notice.drafts, "not a purchase order" in notice.rejects[0].reason) == ([], True)


ISA = "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *260908*1030*U*00401*000000001*0*P*>~"
LOOP = (
    "N1*BY*Old Mill Canteen*92*0047~N1*ST*Old Mill Canteen Dock 4~N3*12 Example Road*Dock 4~N4*Denver*CO*80221*US~",
    "PO1*1*2*EA*10.00*PE*VP*X001*UP*012345678905~PID*F****Tiffin box~PO1*2*3*EA*4.50**BP*CUST-7~",
)


def interchange(*body: str, segments: int = 0) -> str:
    inside = "".join(body)
    count = segments or inside.count("~") + 2
    return f"{ISA}GS*PO*A*B*20260908*1030*1*X*004010~ST*850*0001~{inside}SE*{count}*0001~GE*1*1~IEA*1*000000001~"


BEGIN = (
    "BEG*00*SA*PO-9**20260908~CUR*BY*AUD~PER*OC*Ana*TE*0400000000*EM*ana@example.test~DTM*010*20260912~TD5****ZZ*ROAD~"
)


def test_x12_parties_products_charges_and_dates(tmp_path):
    text = interchange(BEGIN, "SAC*C*D240***150~", *LOOP, "CTT*2~AMT*TT*35.00~")
    (draft,) = sound(read(tmp_path, text, "po.edi", "x12"))
    assert (draft.total, draft.currency, draft.adjustment) == (Decimal("35.00"), "AUD", Decimal("1.50"))
    assert [(x.sku, x.name, x.qty) for x in draft.lines] == [("X001", "Tiffin box", 2), ("CUST-7", "CUST-7", 3)]
    assert (draft.ship_to.name, draft.ship_to.line2, draft.ship_to.postal_code) == (
        "Old Mill Canteen Dock 4",
        "Dock 4",
        "80221",
    )
    assert (draft.customer_name, draft.email, draft.phone) == ("Old Mill Canteen", "ana@example.test", "0400000000")
    assert (draft.promised_at.day, draft.shipping_method, draft.customer_po) == (12, "ROAD", "PO-9")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        (interchange(BEGIN, *LOOP, segments=99), "SE01", "part of the order is missing"),
        (interchange(BEGIN, *LOOP, "CTT*5~"), "CTT01", "part of the order is missing"),
        (interchange(BEGIN, *LOOP, "AMT*TT*1.00~"), "AMT02", "not the sum of its lines"),
        (interchange(BEGIN.replace("BEG*00", "BEG*01"), *LOOP), "BEG01", "a change or cancellation"),
        (interchange(BEGIN, "PO1*1*x*EA*10.00**VP*X~"), "PO102", "whole number"),
        (interchange(BEGIN, "PO1*1*2*EA*10.00~"), "PO107", "no product number"),
        (interchange(BEGIN).replace("SE*", "ZZ*"), "ST02", "no SE segment"),
    ],
)
def test_x12_that_lost_a_part_is_refused_by_segment_and_element(tmp_path, text, column, says):
    result = read(tmp_path, text, "po.edi", "x12")
    assert result.drafts == []
    assert (result.rejects[0].column, says in result.rejects[0].reason) == (column, True), result.rejects
    assert result.rejects[0].row > 2


def test_x12_cut_off_in_its_first_segment_is_refused(tmp_path):
    with pytest.raises(Refused, match="breaks off"):
        read(tmp_path, ISA[:60], "po.edi")


EBAY = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Ship To Name,Ship To Zip,Ship To Country,"
    "Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,Total Price,"
    "Sale Date,Ship By Date,Transaction ID\n"
)


def test_an_ebay_report_with_its_head_rows_and_footers(tmp_path):
    text = EBAY + (
        '101,11-1,b1,Pat Smith,Pat Smith,90210,United States,Lamp,LAMP,2,"$1,045.99",$12.00,$1.50,"$2,105.48",Jul-21-25,Jul-24-25,t1\n'
        "102,11-2,b2,Jo,Jo,90210,United States,,,2,$7.00,$3.00,$0.00,$10.00,Jul-22-25,Jul-25-25,\n"
        "103,11-2,,,,,,Mug,MUG,1,$4.00,$3.00,$0.00,,,,t2\n104,11-2,,,,,,Jug,JUG,1,$3.00,$0.00,$0.00,,,,t3\n"
        '"2 record(s) downloaded,",,,,,,,,,,,,,,,,\nSeller ID: shop,,,,,,,,,,,,,,,,\n'
    )  # fmt: skip
    one, two = sound(read(tmp_path, text, key="ebay"))
    assert (one.total, one.currency, one.lines[0].unit_price) == (Decimal("2105.48"), "USD", Decimal("1045.99"))
    assert (one.placed_at.year, one.placed_at.month, one.ship_to.country) == (2025, 7, "US")
    assert ([x.sku for x in two.lines], two.total, two.customer_name) == (["MUG", "JUG"], Decimal("10.00"), "Jo")


def test_a_flipkart_report(tmp_path):
    header = (
        "Ordered On,ORDER ITEM ID,Order Id,Order State,SKU,Product,Quantity,CGST,IGST,SGST,Invoice Amount,"
        "Buyer name,Ship to name,Address Line 1,City,State,PIN Code,Dispatch by date\n"
    )
    text = header + (
        '"Mar 21, 2026",\'33001,OD331,APPROVED,TIF-3T,Tiffin,3,0,53.00,0,1000.00,Asha,Asha,12 MG Road,Pune,MH,411001,"Mar 23, 2026"\n'
        '"Mar 21, 2026",\'33002,OD331,CANCELLED,MUG,Mug,1,0,0,0,250.00,Asha,Asha,12 MG Road,Pune,MH,411001,"Mar 23, 2026"\n'
    )  # fmt: skip
    (draft,) = sound(read(tmp_path, text, key="flipkart"))
    assert (draft.total, draft.currency, draft.past) == (Decimal("1000.00"), "INR", None)
    assert [(x.sku, x.qty, x.qty_cancelled) for x in draft.lines] == [("TIF-3T", 1, 0), ("TIF-3T", 2, 0), ("MUG", 0, 1)]
    assert sum(x.tax for x in draft.lines) == Decimal("53.00")
    assert (draft.ship_to.country, draft.promised_at.isoformat()) == ("IN", "2026-03-22T18:30:00+00:00")


CATCH = (
    "Order number,Date created,Offer SKU,Details,Quantity,Unit price,Shipping price,Status,Currency,"
    "Total order amount incl. VAT (including shipping charges),Shipping address first name,"
    "Shipping address last name,Shipping address street 1,Shipping address city,Shipping address state,"
    "Shipping address zip,Shipping address country\n"
)


def test_a_catch_export(tmp_path):
    tail = "Shipping in progress,AUD,{},Kim,Lee,1 Example St,Carlton,VIC,3053,Australia\n"
    text = CATCH + (
        f"C-1-A,21/03/2026 - 10:00:00,MUG,Mug,2,19.95,5.00,{tail.format('54.85')}"
        f"C-1-A,21/03/2026 - 10:00:00,JUG,Jug,1,9.95,0,{tail.format('54.85')}"
        f"C-2-A,21/03/2026 - 11:00:00,MUG,Mug,1,19.95,5.00,{tail.format('20.00').replace('Shipping in progress', 'Received')}"
    )
    one, two = sound(read(tmp_path, text, key="catch"))
    assert (one.total, one.shipping, one.ship_to.name, one.ship_to.country) == (
        Decimal("54.85"),
        Decimal("5.00"),
        "Kim Lee",
        "AU",
    )
    assert (two.past.outcome, two.adjustment, len(two.warnings)) == ("completed", Decimal("-4.95"), 1)


def test_an_iconic_export_has_a_row_per_unit(tmp_path):
    header = (
        "Order Item Id,Seller SKU,Created at,Order Number,Item Name,Paid Price,Unit Price,Shipping Fee,Status,"
        "Customer Name,Shipping Name,Shipping Address,Shipping City,Shipping Postcode,Shipping Country\n"
    )
    row = (
        "{},DRESS-S,2026-03-21 10:00:00,{},Dress,{},129.95,7.95,{},Kim Lee,Kim Lee,1 Example St,Perth,6000,Australia\n"
    )
    text = header + "".join(
        row.format(n, *cells)
        for n, cells in enumerate(
            [
                ("300", "99.95", "pending"),
                ("300", "129.95", "canceled"),
                ("301", "129.95", "shipped"),
                ("302", "1.00", "lost"),
            ]
        )
    )
    result = read(tmp_path, text, key="iconic")
    open_, sent = result.drafts
    assert (open_.total, open_.lines[0].discount, open_.lines[1].qty_cancelled) == (
        Decimal("107.90"),
        Decimal("30.00"),
        1,
    )
    assert (sent.past.outcome, sent.lines[0].qty_dispatched) == ("processing", 1)
    assert [(r.row, r.column) for r in result.rejects] == [(5, "Status")]
    for draft in result.drafts:
        assert problems(draft) == []


def test_zoho_sales_orders(tmp_path):
    header = (
        "SalesOrder Number,Order Date,Status,Customer Name,Is Inclusive Tax,PurchaseOrder,Currency Code,"
        "Item Name,SKU,QuantityOrdered,Item Price,Discount Amount,Item Tax Amount,Shipping Charge,Total,"
        "Shipping Code,Shipping Country\n"
    )
    tail = "10,446.00,411001,India\n"
    text = header + (
        f"SO-00017,2026-03-21,open,Hill Canteen,false,PO-7,INR,Kettle,KET,2,100.00,0,36.00,{tail}"
        f"SO-00017,2026-03-21,open,Hill Canteen,false,PO-7,INR,Mug,MUG,2,100.00,0,0.00,{tail}"
    )
    (draft,) = sound(read(tmp_path, text, key="zoho"))
    assert (draft.total, draft.tax_included, draft.payment_terms, draft.payments) == (
        Decimal("446.00"),
        False,
        "credit",
        (),
    )
    assert (draft.customer_po, draft.customer_name, draft.ship_to.postal_code) == ("PO-7", "Hill Canteen", "411001")


TIKTOK = (
    "Order ID,Order Status,Order Substatus,SKU ID,Seller SKU,Product Name,Variation,Quantity,SKU Subtotal Before Discount,"
    "SKU Platform Discount,SKU Seller Discount,Shipping Fee After Discount,Taxes,Order Amount,Created Time,Recipient,Phone #,"
    "Zipcode,Country,State,City,Address Line 1\n"
    "Platform unique order ID.,Current order status.,,,Seller sku input by the seller.,,,SKU sold quantity.,,,,,,,Order created time.\n"
)


def tiktok(*rows: str, country: str = "United Kingdom") -> str:
    return TIKTOK + "".join(
        f"{r},Ann Lee,(+44)7700900123,G1 1AA,{country},Scotland,Glasgow,1 Example St\n" for r in rows
    )


def test_tiktok_shop_orders_of_several_rows(tmp_path):
    text = tiktok(
        "5761\t,To ship,Awaiting shipment,11,MUG-B,Mug,Blue,2,GBP 20.00,GBP 1.00,2.00,GBP 3.50,GBP 0.80,GBP 31.30,14/07/2026 09:30:05\t",
        "5761\t,To ship,Awaiting shipment,12,LID,Lid,Default,1,GBP 10.00,0,0,GBP 3.50,GBP 0.80,GBP 31.30,14/07/2026 09:30:05\t",
        "5762,Shipped,Delivered,13,LID,Lid,Default,1,10.00,0,0,0,0,10.00,14/07/2026 09:30:05",
        "5763,Canceled,Canceled,14,LID,Lid,Default,1,10.00,0,0,0,0,0.00,14/07/2026 09:30:05",
        "5764,Unpaid,Unpaid,15,LID,Lid,Default,1,10.00,0,0,0,0,10.00,14/07/2026 09:30:05",
    )
    open_, arrived, gone, unpaid = sound(read(tmp_path, text, key="tiktok"))
    assert (open_.external_id, open_.total, open_.currency, open_.warnings) == ("5761", Decimal("31.30"), "GBP", ())
    assert [(x.sku, x.name, x.qty, x.discount) for x in open_.lines] == [
        ("MUG-B", "Mug, Blue", 2, Decimal("3.00")),
        ("LID", "Lid", 1, Decimal(0)),
    ]
    assert open_.placed_at == datetime(2026, 7, 14, 8, 30, 5, tzinfo=UTC)  # the shop's clock, in summer
    assert (open_.shipping, open_.ship_to.country, open_.payments[0].state) == (Decimal("3.50"), "GB", "captured")
    assert (arrived.past.outcome, gone.past.outcome, unpaid.payments[0].state) == ("completed", "cancelled", "pending")


def test_tiktok_shop_says_where_its_currency_is_not_told(tmp_path):
    american = "01/31/2026 9:30:05 PM"
    plain, coded = (f"6{n},To ship,,11,MUG,Mug,,1,{n}10.00,0,0,0,0,{n}10.00,{american}" for n in ("", "CAD "))
    abroad = read(tmp_path, tiktok(plain, coded, country="Canada"), key="tiktok")
    (reject,) = abroad.rejects
    assert (reject.row, reject.column, "which currency" in reject.reason) == (3, "Country", True)
    assert [(d.currency, d.total) for d in abroad.drafts] == [("CAD", Decimal("10.00"))]
    (draft,) = sound(read(tmp_path, tiktok(plain, country="United States"), key="tiktok"))
    assert (draft.currency, draft.placed_at.day, draft.placed_at.month) == ("USD", 31, 1)


def test_json_that_is_none_is_refused_with_its_line(tmp_path):
    with pytest.raises(Refused, match="not readable JSON near line 2"):
        read(tmp_path, '{"id": 1,\n nonsense}', "orders.json")


def test_a_bad_value_in_json_is_named_by_its_path(tmp_path):
    order = {"id": 7, "status": "processing", "currency": "INR", "total": "20.00", "prices_include_tax": False,
             "date_created_gmt": "2026-03-01T10:00:00", "line_items": [{"name": "Mug", "quantity": "many", "total": "20.00"}]}  # fmt: skip
    result = read(tmp_path, json.dumps({"orders": [order]}), "orders.json")
    assert [(r.row, r.column) for r in result.rejects] == [(1, "line_items.0.quantity")]
    fixed = FORMATS["woocommerce"].read([tmp_path / "orders.json"], {("orders.json", 1, "line_items.0.quantity"): "2"})
    assert (fixed.rejects, fixed.drafts[0].lines[0].qty) == ([], 2)


STORES = (
    "N1*BY*Old Mill*92*0047~N1*ST*Store 0100*92*0100~N3*1 First St~N4*Denver*CO*80221*US~",
    "N1*ST*Store 0131*92*0131~N3*9 Ninth St~N4*Salida*CO*81201*US~",
    "PO1*1*5*EA*10.00**VP*MUG~SDQ*EA*92*0100*3*0131*2~",
    "PO1*2*4*EA*4.50**VP*JUG~N1*ST*Old Mill Fair~N3*4 Fair Ground~N4*Pueblo*CO*81001*US~",
    "PO1*3*1*EA*7.00**VP*LID~SDQ*EA*92*0777*1~",
)


def test_an_x12_order_for_several_stores_says_what_goes_where(tmp_path):
    (draft,) = sound(read(tmp_path, interchange(BEGIN, *STORES, "CTT*3~AMT*TT*75.00~"), "po.edi", "x12"))
    assert [(x.sku, x.qty, x.ship_to.city, x.ship_to.name, x.external_id) for x in draft.lines] == [
        ("MUG", 3, "Denver", "Store 0100", "1"),
        ("MUG", 2, "Salida", "Store 0131", "1"),
        ("JUG", 4, "Pueblo", "Old Mill Fair", "2"),
        ("LID", 1, "", "0777", "3"),
    ]
    assert (draft.customer_name, draft.total) == ("Old Mill", Decimal("75.00"))
    for wrong, says in (
        (("0131*2", "0131*3"), "PO102 says 5 units, the stores of the line get 6"),
        (("JUG~", "JUG~N1*ST*Other~"), "no QTY says how many"),
    ):
        text = interchange(BEGIN, *(part.replace(*wrong) for part in STORES))
        (reject,) = read(tmp_path, text, "wrong.edi", "x12").rejects
        assert says in reject.reason and reject.row > 2
    split = STORES[3].replace("US~", "US~QTY*38*3~") + "N1*ST**92*0131~QTY*38*1~"
    (draft,) = sound(read(tmp_path, interchange(BEGIN, *STORES[:3], split), "split.edi", "x12"))
    assert [(x.sku, x.qty, x.ship_to.city) for x in draft.lines[2:]] == [("JUG", 3, "Pueblo"), ("JUG", 1, "Salida")]


OURS = (
    "order_id,placed_at,sku,quantity,unit_price,customer_name,phone,priority,"
    "ship_name,ship_phone,ship_line1,ship_city,ship_postal_code,ship_country\n"
)


def test_our_own_layout_sends_each_row_to_its_address(tmp_path):
    text = OURS + (
        "A1,2026-03-01,MUG,2,10,Mill Cafe,9000000001,urgent,,,1 Mill Road,Pune,411001,IN\n"
        "A1,,JUG,1,10,Mill Cafe,9000000001,,,,1 Mill Road,Pune,411001,India\n"
        "A1,,MUG,3,10,,,,Fort branch,9000000002,7 Fort Road,Mumbai,400001,\n"
        "A1,,LID,1,10,,,,Back door,,,,,\n"
        "A2,2026-03-01,MUG,1,10,Ann,,soon,,,1 Lane,Pune,411001,IN\n"
    )
    result = read(tmp_path, text, key="csv")
    (draft,) = result.drafts
    assert draft.priority == 1 and draft.ship_to.phone == "9000000001"
    assert [
        x.ship_to and (x.ship_to.name, x.ship_to.line1, x.ship_to.country, x.ship_to.phone) for x in draft.lines
    ] == [
        None,
        None,
        ("Fort branch", "7 Fort Road", "IN", "9000000002"),
        ("Back door", "1 Mill Road", "IN", "9000000001"),
    ]
    assert [(r.column, r.value) for r in result.rejects] == [("priority", "soon")]
