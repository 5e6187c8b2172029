"""What the stock reports say of days past is what the whole ledger adds up to, and they read the days alone to say it."""

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from inventory.models import Location, Product, StockLevel, StockMovement
from oms.kernel.clock import business_date, day_bounds
from reports.queries import stock, turnover
from reports.queries.base import Span

MOST = 500


@pytest.fixture
def ledger(shop) -> list[StockMovement]:
    """Sixty days of a made-up ledger over twelve SKUs and two places, and the levels it adds up to."""
    luck = random.Random(7)
    places = list(Location.objects.filter(code__in=("pune", "delhi")))
    products = Product.objects.bulk_create(Product(sku=f"R-{n:02}", name="Random", price=1) for n in range(12))
    start, rows = day_bounds(business_date() - timedelta(days=60))[0], []
    for n in range(300):
        product, place = luck.choice(products[:-1]), luck.choice(places)
        kind, on_hand = luck.choice([("receipt", luck.randint(1, 9)), ("issue", -luck.randint(1, 4)), ("unissue", 1)])
        at = start + timedelta(hours=n * 60 * 24 / 300)
        rows.append(StockMovement(product=product, location=place, kind=kind, on_hand=on_hand, source=f"r-{n}", at=at))
    for product in products:
        for place in places:  # so much lay there at first that nothing runs below zero
            rows.insert(
                0, StockMovement(product=product, location=place, kind="opening", on_hand=150, source="r", at=start)
            )
    StockMovement.objects.bulk_create(rows)
    for product in products:
        for place in places:
            there = sum(m.on_hand for m in rows if (m.product, m.location) == (product, place))
            StockLevel.objects.create(product=product, location=place, on_hand=there)
    return rows


def spans() -> Iterator[Span]:
    for first, last in ((60, 0), (30, 0), (30, 10), (7, 7), (90, 70)):
        yield Span(business_date() - timedelta(days=first), business_date() - timedelta(days=last), idle=5)


def before(ledger: list[StockMovement], sku: str, place: str, until: datetime) -> list[StockMovement]:
    return [m for m in ledger if (m.product.sku, m.location.name) == (sku, place) and m.at < until]


def test_units_of_days_past_are_those_of_the_whole_ledger(ledger, olga):
    for span in spans():
        page = stock.REPORT.page(olga, span, MOST)
        lines = [row.values for row in page.rows if row.values[0].startswith("R-")]
        assert len(lines) == 24
        for sku, _, place, was, came, went, there, *_ in lines:
            past = before(ledger, sku, place, span.end)
            inside = [m.on_hand for m in past if m.at >= span.start]
            assert there == sum(m.on_hand for m in past), (sku, place, span)
            assert (came, went) == (sum(n for n in inside if n > 0), sum(n for n in inside if n < 0))
            assert was == there - came - went
        assert page.totals[0][3:7] == [sum(row.values[i] for row in page.rows) for i in range(3, 7)]
        assert [list(v) for v in stock.REPORT.lines(olga, span)][:-1] == [list(row.values) for row in page.rows]


def test_sales_averages_and_dead_stock_are_those_of_the_whole_ledger(ledger, olga):
    for span in spans():
        end = min(span.end, day_bounds(business_date())[1])
        sold = {}
        for row in turnover.TURNOVER.page(olga, span, MOST).rows:
            if row.values[0].startswith("R-"):
                sku, _, place, units, _, _, there, *_ = row.values
                past = before(ledger, sku, place, end)
                assert units == -sum(
                    m.on_hand for m in past if m.at >= span.start and m.kind != "receipt" and m.kind != "opening"
                )
                assert there == sum(m.on_hand for m in past)
                sold[sku, place] = units
        assert len(sold) == (24 if span.last >= business_date() - timedelta(days=60) else 0)
        assert list(sold.values()) == sorted(sold.values(), reverse=True)
        idle = {
            (r.values[0], r.values[2])
            for r in turnover.DEAD.page(olga, span, MOST).rows
            if r.values[0].startswith("R-")
        }
        assert idle == set(_dead(ledger, span, end))


def _dead(ledger: list[StockMovement], span: Span, end: datetime) -> Iterator[tuple[str, str]]:
    bar = day_bounds(min(span.last, business_date()) - timedelta(days=span.idle))[1]
    for sku, place in {(m.product.sku, m.location.name) for m in ledger}:
        past = before(ledger, sku, place, end)
        if sum(m.on_hand for m in past) > 0:
            last = max((m.at for m in past if m.kind == "issue"), default=past[0].at)
            if last < bar:
                yield sku, place


def scans(plan: dict) -> Iterator[str]:
    """By what each reading of the ledger in a plan is found."""
    if plan.get("Relation Name") == "inventory_stockmovement":
        yield plan.get("Index Cond", "") + plan.get("Recheck Cond", "")
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


def explained(sql: str, params: object) -> list[str]:
    with connection.cursor() as cursor:
        # Earlier tests leave room here and there in the table, so its rows lie as if shuffled, and in a table of this size
        # all pages may be as cheap as the index. That the statement can go by the index is the point.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    return list(scans((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))


@pytest.fixture
def years(shop) -> None:
    """A ledger of many SKUs, long enough that the planner, who knows its size, does not read it whole for a week's sake."""
    place = Location.objects.get(code="pune")
    products = Product.objects.bulk_create(Product(sku=f"Y-{n:03}", name="Years", price=1) for n in range(400))
    StockLevel.objects.bulk_create(StockLevel(product=product, location=place, on_hand=20) for product in products)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO inventory_stockmovement
              (product_id, location_id, kind, on_hand, quarantined, damaged, source, reason, actor_name, at)
            SELECT product_id, location_id, 'receipt', 1, 0, 0, 'long ago ' || n, '', 'system', now() - n * interval '100 days'
            FROM inventory_stocklevel, generate_series(1, 20) n ORDER BY random()"""
        )
        cursor.execute("ANALYZE inventory_stockmovement, inventory_stocklevel, inventory_product, inventory_location")


@pytest.mark.parametrize("report", [stock.REPORT, turnover.TURNOVER, turnover.DEAD], ids=lambda r: r.key)
def test_the_ledger_before_the_days_is_not_read_through(years, olga, report):
    """It has years; the page took seconds, on a busy machine most of a minute. The days are found by `movement_days`."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        report.page(olga, Span(business_date() - timedelta(days=7), business_date()), MOST)
    (found,) = [(sql, params) for sql, params in asked if "inventory_stockmovement" in sql]
    ways = explained(*found)
    assert ways
    assert all("at >=" in way or "product_id" in way for way in ways), ways


def test_negative_control_sums_of_the_whole_ledger_read_it_through(years):
    sql = "SELECT product_id, sum(on_hand) FROM inventory_stockmovement WHERE at < %s GROUP BY 1"
    assert not all("at >=" in way or "product_id" in way for way in explained(sql, [day_bounds(date(2030, 1, 1))[0]]))
