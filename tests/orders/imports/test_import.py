"""Importing: counts, doing it twice, what a changed source does, and the command."""

import json
from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from fulfilment.actions.parcel import deliver
from fulfilment.models import Shipment
from inventory.models import Allocation, StockMovement
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.prioritize import prioritize_order
from orders.imports.apply import import_file
from orders.models import Channel, Customer, CustomerAddress, Hold, Order, OrderLine
from orders.seeds import seed
from tests.orders.addresses.places import goes
from tests.orders.channels.real import export, olist
from tests.orders.channels.test_profiles import BEGIN, STORES, interchange
from tests.orders.imports.rows import HEADER, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seeded(db):
    seed()


def bring(tmp_path, *rows, **options):
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return import_file([path], channel_code="desk", format_key="csv", actor="import", **options)


def ill() -> dict:
    """What the doctor finds."""
    return {code: rows for code, rows in run_all().items() if rows}


def counts(report):
    return report.created, report.updated, report.unchanged, report.rejected


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("key", "name", "rows", "orders"),
    [
        ("shopify", "shopify_orders_export_be_2021.csv", 39, 39), ("shopify", "shopify_orders_export_eur_a.csv", 29, 25),
        ("amazon", "amazon_flat_file_orders.tsv", 6, 4), ("amazon", "amazon_all_orders_layout.tsv", 1, 1),
        ("amazon", "amazon_sale_report_sample.csv", 9, 9), ("etsy", "etsy_sold_order_items_2020.csv", 70, 57),
    ],
)  # fmt: skip
def test_real_files_come_in_whole_and_only_once(key, name, rows, orders):
    for expected in ((orders, 0, 0, 0), (0, 0, orders, 0)):
        report = import_file([export(name)], channel_code="real", format_key=key, actor="import")
        assert (report.rows, report.orders, counts(report)) == (rows, orders, expected)
    assert Order.objects.count() == orders
    for order in Order.objects.all():
        lines = sum((x.total for x in OrderLine.objects.filter(order=order)), Decimal(0))
        shipping = order.shipping_total + (0 if order.tax_included else order.shipping_tax)
        assert order.total == lines + shipping + order.adjustment_total


@pytest.mark.slow
@pytest.mark.realdata
def test_ten_thousand_marketplace_orders_come_in_and_again_change_nothing():
    first = import_file([olist()], channel_code="olist", format_key="olist", actor="import")
    assert (first.rows, first.orders, counts(first)) == (10_000, 10_000, (10_000, 0, 0, 0))
    again = import_file([olist()], channel_code="olist", format_key="olist", actor="import")
    assert counts(again) == (0, 0, 10_000, 0)
    assert Order.objects.filter(is_historical=True).count() == 10_000
    assert Order.objects.filter(lines__isnull=True, end_reason="").count() == 0
    assert dict(Counter(Shipment.objects.values_list("status", flat=True))) == {"delivered": 9649, "in_transit": 104}
    assert not StockMovement.objects.exists()
    assert not Allocation.objects.exists()
    assert ill() == {}


@pytest.mark.realdata
def test_the_books_are_in_order_after_every_real_export():
    for path in sorted(export("").iterdir()):
        key = path.name.partition("_")[0]
        report = import_file([path], channel_code=f"{key}-real", format_key=key, actor="import")
        assert (report.rejected, report.created) == (0, report.orders)
    assert ill() == {}


def test_a_parcel_that_left_before_the_import_can_still_be_delivered(tmp_path, bo):
    path = tmp_path / "shop.csv"
    path.write_text(
        "Name,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,"
        "Lineitem price,Lineitem fulfillment status\n"
        "#1,paid,partial,EUR,9.00,0,0,9.00,2026-03-01 10:00:00 +0100,2,Mug,3.00,fulfilled\n#1,,,,,,,,,1,Lamp,3.00,pending\n",
        encoding="utf-8",
    )
    report = import_file([path], channel_code="shop", format_key="shopify", actor="import")
    assert report.created == 1, report.rejects
    parcel = Shipment.objects.get()
    assert (parcel.status, parcel.lines.get().qty) == ("in_transit", 2)
    deliver(parcel.number, actor=bo)
    order = Order.objects.get()
    assert (order.qty_delivered, order.status) == (2, "processing")
    assert ill() == {}


def test_an_unknown_channel_is_made_with_the_formats_defaults(tmp_path):
    bring(tmp_path, row())
    assert Channel.objects.get(code="desk").currency == "INR"


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    report = bring(tmp_path, row(), row("B-2", price="-1"), dry_run=True)
    assert counts(report) == (1, 0, 0, 1)
    assert not Order.objects.exists()
    assert not Channel.objects.exists()


def test_a_dry_run_tells_new_from_known_and_changed(tmp_path):
    bring(tmp_path, row(), row("B-2"))
    assert counts(bring(tmp_path, row(), row("B-2", city="Delhi"), row("C-3"), dry_run=True)) == (1, 1, 1, 0)


def test_a_rejected_order_stays_out_alone_and_may_come_later(tmp_path):
    report = bring(tmp_path, row(), row("B-2", qty="two"))
    assert counts(report) == (1, 0, 0, 1)
    assert [(r.row, r.column) for r in report.rejects] == [(3, "quantity")]
    assert counts(bring(tmp_path, row(), row("B-2"))) == (1, 0, 1, 0)


def test_a_new_order_takes_over_a_changed_address(tmp_path):
    bring(tmp_path, row())
    assert counts(bring(tmp_path, row(city="Delhi"))) == (0, 1, 0, 0)
    order = Order.objects.get()
    assert (order.ship_city, order.ship_to["city"]) == ("Delhi", "Delhi")
    assert not Hold.objects.filter(reason__key="source_changed").exists()
    assert counts(bring(tmp_path, row(city="Delhi"))) == (0, 0, 1, 0)


def test_changed_lines_put_the_order_on_hold_once(tmp_path):
    bring(tmp_path, row())
    bring(tmp_path, row(qty=3))
    bring(tmp_path, row(qty=4))
    hold = Hold.objects.get(reason__key="source_changed")
    assert "lines changed" in hold.detail
    assert Order.objects.get().qty_ordered == 2


def test_a_total_and_a_payment_that_changed_are_named(tmp_path):
    bring(tmp_path, row())
    bring(tmp_path, row(paid="9.00"))
    assert "aid €9.00 at the source" in Hold.objects.get(reason__key="source_changed").detail


SHOPIFY = (
    "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Cancelled at\n#1,pending,EUR,9.00,0,0,9.00,2026-03-01 10:00:00 +0100,2,Mug,4.50,"
)


def test_cancelled_at_the_source_is_cancelled_here(tmp_path):
    path = tmp_path / "shop.csv"
    for cancelled in ("", "2026-03-02 10:00:00 +0100"):
        path.write_text(SHOPIFY + cancelled, encoding="utf-8")
        report = import_file([path], channel_code="shop", format_key="shopify", actor="import")
    assert report.updated == 1
    order = Order.objects.get()
    assert (order.status, order.qty_cancelled, order.qty_reserved) == ("cancelled", 2, 0)


def test_bad_channel_codes_and_sleeping_channels_are_refused(tmp_path):
    Channel.objects.create(code="desk", name="Desk", is_active=False)
    with pytest.raises(Refused, match="switched off"):
        bring(tmp_path, row())
    with pytest.raises(Refused, match="no channel code"):
        import_file([tmp_path], channel_code="Big Shop!", format_key="csv", actor="import")


def test_the_command_ends_with_one_line_of_json(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((HEADER, row(), row("B-2", price="-1"))), encoding="utf-8")
    out = StringIO()
    call_command("import_orders", str(path), "--channel", "desk", "--format", "csv", "--json", stdout=out)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["rows"], said["orders"], said["created"], said["rejected"]) == (2, 2, 1, 1)
    assert said["rejects"][0]["row"] == 3
    assert said["rejects"][0]["column"] == "unit_price"


def test_the_command_refuses_with_a_sentence_and_exit_code_2(tmp_path):
    err = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("import_orders", str(tmp_path / "gone.csv"), "--channel", "desk", "--format", "csv", stderr=err)
    assert stopped.value.code == 2
    assert "There is no file" in err.getvalue()


def test_an_edi_order_goes_to_the_stores_its_buyer_has_addresses_for(tmp_path):
    path = tmp_path / "po.edi"
    path.write_text(interchange(BEGIN, *STORES))

    def bring_edi(**more):
        return import_file([path], channel_code="edi", format_key="x12", actor="import", **more)

    (reject,) = bring_edi(dry_run=True).rejects
    assert "where store 0777 is" in reject.reason and "Give Old Mill an address" in reject.reason
    mill = Customer.objects.create(
        name="Ana", company="Old Mill", email="desk@example.test", match_key="desk@example.test"
    )
    for label, city in (("0777", "Aspen"), ("0100", "Elsewhere")):
        CustomerAddress.objects.create(customer=mill, label=label, line1="5 Hill St", city=city, country="US")
    assert counts(bring_edi()) == (1, 0, 0, 0)
    order = Order.objects.get()
    # A code the file itself gives an address goes there, whatever the address book says.
    assert goes(order) == [("MUG", 3, "Denver"), ("MUG", 2, "Salida"), ("JUG", 4, "Pueblo"), ("LID", 1, "Aspen")]
    assert (order.address_count, order.ship_city) == (4, "Denver")
    assert counts(bring_edi()) == (0, 0, 1, 0)


def test_a_priority_in_a_file_is_taken_over_until_somebody_here_chooses(tmp_path):
    def bring_with(word):
        path = tmp_path / "orders.csv"
        path.write_text(f"{HEADER},priority\n{row()},{word}\n")
        return counts(import_file([path], channel_code="desk", format_key="csv", actor="import"))

    assert [bring_with("high"), bring_with("High"), bring_with("urgent")] == [(1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0)]
    order = Order.objects.get()
    assert order.priority == 1
    prioritize_order(order.number, priority=4, actor="system")
    assert bring_with("high") == (0, 1, 0, 0)
    assert Order.objects.get().priority == 4
    assert not Hold.objects.exists()
