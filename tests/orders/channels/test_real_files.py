"""Every real export: how many orders, and the sums, counted again from the raw file."""

from collections import Counter
from decimal import Decimal

import pytest

from orders.capture.validate import problems
from orders.channels.draft import OrderDraft
from orders.channels.registry import FORMATS
from tests.orders.channels.real import OLIST, export, olist, raw

pytestmark = pytest.mark.realdata
SHOPIFY = ("shopify_orders_export_be_2021.csv", "shopify_orders_export_eur_a.csv")
AMAZON = ("amazon_flat_file_orders.tsv", "amazon_all_orders_layout.tsv", "amazon_sale_report_sample.csv")
ETSY = ("etsy_sold_orders_2019.csv", "etsy_sold_order_items_2020.csv")


def drafts_of(key: str, *names: str) -> list[OrderDraft]:
    result = FORMATS[key].read([export(name) for name in names])
    assert result.rejects == []
    return result.drafts


def outcomes(drafts: list[OrderDraft]) -> Counter:
    return Counter(d.past.outcome if d.past else "live" for d in drafts)


def money(rows: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row[column] or 0) for row in rows), Decimal(0))


@pytest.mark.parametrize(
    ("key", "names"),
    [
        *(("shopify", (n,)) for n in SHOPIFY),
        *(("amazon", (n,)) for n in AMAZON),
        *(("etsy", (n,)) for n in ETSY),
        ("etsy", ETSY),
    ],
)
def test_every_real_order_is_acceptable_and_sums_to_its_total(key, names):
    for draft in drafts_of(key, *names):
        assert problems(draft) == []
        assert draft.computed_total() == draft.total
        assert draft.source_rows


@pytest.mark.parametrize("name", SHOPIFY)
def test_shopify_counts_and_sums(name):
    rows, drafts = raw(export(name)), drafts_of("shopify", name)
    heads = [row for row in rows if row["Total"]]
    assert [d.external_name for d in drafts] == [row["Name"] for row in heads]
    assert [d.total for d in drafts] == [Decimal(row["Total"]) for row in heads]
    assert sum(len(d.lines) for d in drafts) == len(rows)
    assert sum(x.qty for d in drafts for x in d.lines) == sum(int(row["Lineitem quantity"]) for row in rows)
    assert sum((x.discount for d in drafts for x in d.lines), Decimal(0)) == money(heads, "Discount Amount")
    assert sum((x.tax for d in drafts for x in d.lines), Decimal(0)) == money(heads, "Taxes")
    assert sum((p.refunded for d in drafts for p in d.payments), Decimal(0)) == money(heads, "Refunded Amount")


def test_shopify_states_apostrophes_and_doubts():
    by_name = {d.external_name: d for d in drafts_of("shopify", SHOPIFY[1])}
    assert by_name["#2220"].ship_to.postal_code == "10250"
    partial = by_name["#2237"]
    assert partial.past and partial.past.outcome == "processing"
    assert [x.qty_dispatched for x in partial.lines] == [1, 1]
    over = by_name["#2226"]
    assert over.past and over.past.outcome == "cancelled"
    assert "Refunded €184.60 is more than the total €184.23." in over.warnings
    assert by_name["#2230"].past is None


def test_amazon_unshipped_orders_are_live_and_sum_price_tax_and_shipping():
    rows, drafts = raw(export(AMAZON[0]), "\t"), drafts_of("amazon", AMAZON[0])
    columns = ("item-price", "item-tax", "shipping-price", "shipping-tax")
    assert sum(d.total for d in drafts) == sum(money(rows, c) for c in columns)
    assert sum(x.qty for d in drafts for x in d.lines) == sum(int(r["quantity-purchased"]) for r in rows)
    assert outcomes(drafts) == {"live": 4}
    assert drafts[0].placed_at.isoformat() == "2009-01-01T18:50:49+00:00"


def test_amazons_sales_report_keeps_cancelled_lines_without_value():
    rows, drafts = raw(export(AMAZON[2])), drafts_of("amazon", AMAZON[2])
    sold = [r for r in rows if r["Status"] != "Cancelled"]
    assert sum(d.total for d in drafts) == money(sold, "Amount")
    assert outcomes(drafts) == {"completed": 6, "cancelled": 3}
    cancelled = [x for d in drafts for x in d.lines if x.qty_cancelled]
    assert [x.qty for x in cancelled] == [0, 0, 0]
    assert sum(x.unit_price for x in cancelled) == money([r for r in rows if r["Status"] == "Cancelled"], "Amount")
    own = Counter(x.fulfilled_by_channel for d in drafts for x in d.lines)
    assert own[True] == sum(r["Fulfilment"] == "Amazon" for r in rows)


def test_amazons_shipped_order_with_its_only_item_cancelled_is_cancelled_and_flagged():
    (draft,) = drafts_of("amazon", AMAZON[1])
    assert draft.past and draft.past.outcome == "cancelled"
    assert draft.warnings == ("Amazon says Shipped, yet every line is cancelled.",)
    assert draft.lines[0].fulfilled_by_channel


def test_etsys_orders_keep_the_total_with_the_tax_etsy_collects():
    rows, drafts = raw(export(ETSY[0])), drafts_of("etsy", ETSY[0])
    assert [d.total for d in drafts] == [Decimal(r["Order Total"]) for r in rows]
    assert sum(x.qty for d in drafts for x in d.lines) == sum(int(r["Number of Items"]) for r in rows)
    parts = (
        money(rows, "Order Value") - money(rows, "Discount Amount") + money(rows, "Shipping") + money(rows, "Sales Tax")
    )
    assert sum(d.adjustment for d in drafts) == money(rows, "Order Total") - parts
    assert sum(bool(d.warnings) for d in drafts) == 277
    assert outcomes(drafts) == {"completed": 955}


def test_etsys_items_make_orders_of_their_own():
    rows, drafts = raw(export(ETSY[1])), drafts_of("etsy", ETSY[1])
    assert len(drafts) == len({r["Order ID"] for r in rows}) == 57
    gross = sum(Decimal(r["Price"]) * int(r["Quantity"]) for r in rows)
    assert sum(d.total for d in drafts) == gross - money(rows, "Discount Amount")
    assert all(d.customer_name for d in drafts)


def test_etsys_two_files_join():
    assert len(drafts_of("etsy", *ETSY)) == 955 + 57


@pytest.fixture(scope="module")
def marketplace() -> list[OrderDraft]:
    result = FORMATS["olist"].read([olist()])
    assert (result.rejects, result.rows) == ([], 10_000)
    return result.drafts


def test_olist_counts_states_and_sums(marketplace):
    items, payments = raw(OLIST / "olist_order_items.csv.gz"), raw(OLIST / "olist_order_payments.csv.gz")
    states = Counter(r["order_status"] for r in raw(OLIST / "olist_orders.csv.gz"))
    assert outcomes(marketplace) == {
        "completed": states["delivered"], "processing": states["shipped"], "cancelled": states["canceled"],
        "closed": sum(states[s] for s in ("unavailable", "processing", "invoiced", "created", "approved")),
    }  # fmt: skip
    assert sum(d.total for d in marketplace) == money(items, "price") + money(items, "freight_value")
    assert sum(x.qty for d in marketplace for x in d.lines) == len(items)
    paid = sum((p.amount for d in marketplace for p in d.payments), Decimal(0))
    assert paid == money(payments, "payment_value")
    assert all(problems(d) == [] and d.computed_total() == d.total for d in marketplace)


def test_olist_orders_without_items_are_over(marketplace):
    empty = [d for d in marketplace if not d.lines]
    assert len(empty) == 111
    assert all(d.past.outcome in ("closed", "cancelled") and d.past.reason for d in empty)


def test_olist_times_are_utc_and_buyers_are_known(marketplace):
    draft = next(d for d in marketplace if d.external_id == "e481f51cbdc54678b7cc49136f2d6af7")
    assert draft.placed_at.isoformat() == "2017-10-02T13:56:33+00:00"
    assert draft.extra["customer_ref"]
    assert all(x.qty_dispatched == x.qty for d in marketplace if d.past.outcome == "processing" for x in d.lines)
