"""Reports: days, totals that add up, a CSV file that no spreadsheet runs, and only for those who may."""

import csv
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from inventory.actions.adjust import receive_stock
from inventory.actions.purchases.supplier import keep_items
from inventory.models import Location, Product, StockLevel, StockMovement
from oms.kernel.clock import business_date, day_bounds, now, time_is
from reports.book import REPORTS
from tests.conftest import person
from tests.inventory.buying import supplier
from tests.reports.follow import signed_in
from tests.stories import placed


def lines_of(client, key: str, **query) -> list[list[str]]:
    answer = client.get(f"/reports/{key}/", {"export": "csv", **query})
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("key", REPORTS)
def test_every_report_has_a_page_and_a_file_of_the_same_lines(shop, olga, key):
    placed(("MUG", 2), paid="200.00")
    client = signed_in(olga)
    page = client.get(f"/reports/{key}/")
    assert page.status_code == 200
    lines = lines_of(client, key)
    assert lines[0] == [c.title for c in REPORTS[key].columns]
    assert len(lines) == 1 + page.context["count"] + len(page.context["totals"])


def test_the_days_narrow_and_the_sums_are_those_of_the_lines(shop, olga):
    placed(("MUG", 2), paid="200.00")
    with time_is(now() - timedelta(days=20)):
        placed(("MUG", 1))
    client, today = signed_in(olga), str(business_date())
    assert [line[2:4] for line in lines_of(client, "orders-by-source")[-1:]] == [["2", "300.0000"]]
    assert [line[2:4] for line in lines_of(client, "orders-by-source", first=today, last=today)[-1:]] == [
        ["1", "200.0000"]
    ]
    received = lines_of(client, "payments-by-method")
    assert [(row[0], Decimal(row[3])) for row in received[1:]] == [("Card", 200), ("Total", 200)]


def test_the_numbers_of_a_report_lead_to_exactly_their_rows(shop, olga):
    placed(paid="100.00")
    placed()
    client = signed_in(olga)
    for key in ("orders-by-source", "pending-and-delayed", "payments-by-method"):
        for cells in client.get(f"/reports/{key}/").context["rows"]:
            for cell in (c for c in cells if c["url"] and c["kind"] == "number"):
                total = client.get(cell["url"]).context["total"]
                assert int(getattr(total, "value", total)) == cell["value"], (key, cell)


def test_the_units_of_the_stock_report_are_the_movements_behind_them(shop, olga, ana):
    Product.objects.create(sku="CUP", name="Cup")
    with time_is(now() - timedelta(days=90)):
        receive_stock("CUP", location="pune", qty=7, source="PO-1", actor=ana)
    receive_stock("CUP", location="pune", qty=5, source="PO-2", actor=ana)
    client = signed_in(olga)
    asked = client.get("/reports/stock-on-hand/")
    cells = next(c for c in asked.context["rows"] if c[0]["value"] == "CUP")
    assert client.get(cells[0]["url"]).status_code == 200
    for cell in cells[3:7]:
        listed = client.get(cell["url"]).context["rows"]
        assert sum(m.on_hand for m in listed) == cell["value"], cell
    assert cells[3]["value"] == 7


def test_a_page_shows_the_first_lines_with_the_sums_of_all(shop, olga, monkeypatch):
    keep_items(supplier(), [("MUG", "A-1", Decimal("1.005"), 1)])
    monkeypatch.setattr("reports.views.SHOWN", 1)
    client = signed_in(olga)
    for key, on_hand in (("stock-on-hand", 6), ("stock-turnover", 6), ("dead-stock", 3)):
        with time_is(now() + timedelta(days=3)):
            lines, page = lines_of(client, key, idle="1"), client.get(f"/reports/{key}/", {"idle": "1"})
        assert (len(page.context["rows"]), page.context["count"]) == (1, 3)
        shown, sums = page.context["rows"][0], [[c["value"] for c in line] for line in page.context["totals"]]
        assert [str(shown[i]["value"]) for i in (0, 2, on_hand)] == [lines[1][i] for i in (0, 2, on_hand)]
        assert [[str(v) for v in line] for line in sums] == lines[4:]
        assert sum(line[on_hand] for line in sums) == 25
        if key == "dead-stock":  # half a paisa is rounded up on each line, and the sum is that of the lines
            assert [line[6] for line in lines[1:3]] == ["10.05", "5.03"] and lines[4][6] == "15.08"


def test_a_name_that_is_a_formula_arrives_as_text(shop, olga):
    Product.objects.filter(sku="MUG").update(name='=HYPERLINK("http://x.example","Mug")')
    names = {line[1] for line in lines_of(signed_in(olga), "stock-on-hand")}
    assert '\'=HYPERLINK("http://x.example","Mug")' in names


@pytest.mark.parametrize(
    "query", ["first=2026-13-01", "first=2030-01-01&last=2020-01-01", "first=%00", "first=0001-01-01"]
)
def test_days_that_cannot_be_read_are_said_and_do_no_harm(shop, olga, query):
    page = signed_in(olga).get(f"/reports/orders-by-source/?{query}")
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode() or "Enter a valid date" in page.content.decode()


def test_who_may_not_see_payments_reads_no_report_about_them(shop, bo):
    client = signed_in(bo)
    assert client.get("/reports/payments-by-method/").status_code == 403
    assert "payments-by-method" not in client.get("/reports/").content.decode()
    assert client.get("/reports/no-such-report/").status_code == 404


def test_a_person_of_one_channel_counts_only_that(shop):
    placed()
    other = person("o", "owner", channel_codes=["elsewhere"])
    assert lines_of(signed_in(other), "orders-by-source")[1:] == []


def test_turnover_is_what_left_against_what_lay_there_and_dead_is_what_nobody_took(shop, olga):
    """Ten mugs lay in Pune for thirty days; six left in the middle: on average seven, turned over 0.86 times."""
    Product.objects.create(sku="CUP", name="Cup")
    today = business_date()
    start, middle = day_bounds(today - timedelta(days=30))[0], day_bounds(today - timedelta(days=15))[0]
    move = partial(StockMovement.objects.create, location=Location.objects.get(code="pune"), actor_name="x")
    cup, lamp = Product.objects.get(sku="CUP"), Product.objects.get(sku="LAMP")
    move(product=cup, kind="receipt", on_hand=10, source="a", at=start - timedelta(days=90))
    move(product=cup, kind="issue", on_hand=-6, source="b", at=middle)
    move(product=cup, kind="issue", on_hand=-2, source="c", at=middle)
    move(product=cup, kind="unissue", on_hand=2, source="c", at=middle)
    move(product=lamp, kind="receipt", on_hand=3, source="a", at=start - timedelta(days=10))
    for product, on_hand in ((cup, 4), (lamp, 3)):
        StockLevel.objects.create(product=product, location=Location.objects.get(code="pune"), on_hand=on_hand)
    keep_items(supplier(), [("LAMP", "A-1", Decimal(40), 1)])
    client = signed_in(olga)
    days = {"first": str(today - timedelta(days=30)), "last": str(today - timedelta(days=1))}
    lines = {line[0]: line for line in lines_of(client, "stock-turnover", **days)}
    assert lines["CUP"][2:9] == ["Pune", "6", "7.00", "0.86", "4", "20", f"{middle.astimezone(start.tzinfo):%Y-%m-%d}"]
    assert lines["LAMP"][3:] == ["0", "3.00", "0.00", "3", "", "", "120.00", "INR"]
    dead = lines_of(client, "dead-stock", **days, idle=20)
    assert [(line[0], line[3], line[5], line[6]) for line in dead[1:3]] == [
        ("LAMP", "3", "39", "120.00"),
        ("Total", "3", "", "120.00"),
    ]
    assert {line[0] for line in lines_of(client, "dead-stock", **days, idle=14)} >= {"CUP", "LAMP"}
    assert len(lines_of(client, "dead-stock", **days, idle=500)) == 1
    page = client.get("/reports/dead-stock/", days).content.decode()
    assert f'value="{days["first"]}"' in page, "as a browser reads a day"
    page = client.get("/reports/dead-stock/", {**days, "idle": "none"})
    assert "Enter a whole number" in page.content.decode()
    bo = person("pia", "warehouse", location_codes=["delhi"])
    assert [line[0] for line in lines_of(signed_in(bo), "stock-turnover") if line[0] == "CUP"] == [], "lies in Pune"
