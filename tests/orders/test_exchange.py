"""CU-10: the exchange rate is frozen at placement, follows the order, and a missing one is said and recorded."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from oms.events.models import Event
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refused
from oms.kernel.money import exponent, quantize
from oms.ops.doctor.registry import CHECKS
from orders.actions.confirm import confirm_order
from orders.actions.import_rates import import_rates
from orders.actions.merge import merge_orders
from orders.actions.rate import record_rate, value_waiting
from orders.channels.draft import Past
from orders.models import BookCurrency, ExchangeRate, Order
from orders.models import Past as KeptPast
from orders.tasks import value_orders
from reports.home import unrated
from reports.queries import overview
from tests.conftest import make_shop
from tests.orders.amending.steps import amended, qty
from tests.orders.desk import signed_in
from tests.orders.rates import dollars, rate
from tests.orders.splitting_steps import part_off
from tests.stories import again, placed, said
from tests.together import Meeting, at_once

pytestmark = pytest.mark.django_db


def worth(order: Order) -> tuple[Decimal | None, Decimal | None]:
    order = again(order)
    return order.book_rate, order.book_total


def test_the_rate_in_force_at_placement_is_kept_whatever_comes_later(shop, ana):
    rate("54.9", days_ago=9)
    of_the_day = rate("55.2", days_ago=2)
    order = dollars(3, "33.33")
    assert worth(order) == (Decimal("55.2"), Decimal("5519.45"))  # 99.99 x 55.2 = 5519.448, rounded once
    assert again(order).book_rate_on == of_the_day.day
    rate("60")
    of_the_day.rate = Decimal(70)
    of_the_day.save()
    assert value_orders() == 0
    assert worth(order) == (Decimal("55.2"), Decimal("5519.45"))
    rupees = placed(("MUG", 1))
    assert worth(rupees) == (1, rupees.total)


def test_an_old_rate_is_not_used_and_imported_history_gets_the_rate_of_its_day(shop):
    rate("55.2", days_ago=40)
    assert worth(dollars()) == (None, None)
    BookCurrency.objects.update(rate_days=60)
    assert worth(dollars())[0] == Decimal("55.2")
    rate("50", days_ago=400)
    old = dollars(placed_at=now() - timedelta(days=398), past=Past("completed"))
    assert worth(old) == (50, 500)


def test_smallest_coins_of_both_currencies_decide(shop):
    rate("0.59", currency="JPY")
    rate("275.123456", currency="KWD")
    assert worth(placed(price="101", currency="JPY"))[1] == Decimal("59.59")
    assert worth(placed(price="1.005", currency="KWD"))[1] == Decimal("276.50")


def test_an_order_without_a_rate_is_taken_says_so_and_gets_one_from_finance(shop, ana, fay, olga):
    order = dollars(2)
    assert worth(order) == (None, None)
    page = signed_in(fay).get(f"/orders/{order.number}/").text
    assert "Its worth in INR is not known: there was no exchange rate of AUD" in page
    assert "Record the exchange rate" in page
    assert "Record the exchange rate" not in signed_in(ana).get(f"/orders/{order.number}/").text
    assert unrated(olga).value == "1"
    refused = signed_in(ana).post(f"/orders/{order.number}/rate/", {"rate": "55.2"}, follow=True).text
    assert "Only Finance" in refused and worth(order) == (None, None)
    for wrong in ("", "x", "0", "-1", "nan", "1e12", "0.123456789"):
        signed_in(fay).post(f"/orders/{order.number}/rate/", {"rate": wrong})
    assert worth(order) == (None, None)
    page = signed_in(fay).post(f"/orders/{order.number}/rate/", {"rate": "55.2"}, follow=True).text
    assert worth(order) == (Decimal("55.2"), Decimal(1104))
    assert "≈ ₹1,104.00 at 55.2, the rate of" in page
    assert "recorded the exchange rate" in page and "1 AUD = 55.2 INR" in page
    assert said(order)[-1] == "orders.rate_recorded"
    assert unrated(olga) is None


def test_a_wrong_rate_is_corrected_with_a_reason_and_the_same_one_changes_nothing(shop, fay):
    order = dollars(2)
    record_rate(order.number, rate=Decimal("552"), actor=fay)
    with pytest.raises(Refused, match="has a rate of 552 already"):
        record_rate(order.number, rate=Decimal("55.2"), actor=fay)
    record_rate(order.number, rate=Decimal("55.2"), reason="A digit too many", actor=fay)
    record_rate(order.number, rate=Decimal("55.2"), actor=fay)
    told = Event.objects.filter(stream=order.number, name="orders.rate_recorded").order_by("seq")
    assert [(e.payload["was"], e.payload["rate"]) for e in told] == [("", "552"), ("552", "55.2")]
    with pytest.raises(Refused, match="needs no rate"):
        record_rate(placed().number, rate=Decimal(2), actor=fay)


def test_amending_splitting_and_merging_keep_the_rate_and_follow_it(shop, ana):
    rate("55.2", days_ago=1)
    order = dollars(4, "33.33")
    confirm_order(order.number, actor=ana)
    rate("60")
    assert worth(amended(order, qty(order, 3), actor=ana)) == (
        Decimal("55.2"),
        quantize(order.total * Decimal("55.2"), "INR"),
    )
    amended(order, qty(order, 5), actor=ana)
    assert worth(order) == (Decimal("55.2"), quantize(Decimal("33.33") * 6 * Decimal("55.2"), "INR"))
    order, part = part_off(again(order), ("MUG", 2), actor=ana)
    for one in (order, part):
        assert worth(one) == (Decimal("55.2"), quantize(one.total * Decimal("55.2"), "INR"))
        assert one.book_rate_on == business_date() - timedelta(days=1)
    kept = merge_orders(order.number, other=part.number, reason="Together again", actor=ana)
    assert worth(kept) == (Decimal("55.2"), quantize(kept.total * Decimal("55.2"), "INR"))
    assert not list(CHECKS["orders.worth"].run())
    assert KeptPast.objects.filter(order=order).exists()


def test_capture_asks_nothing_more_for_the_rate(shop, read_once):
    rate("55.2")

    def asked(**changes) -> int:
        count = 0

        def watch(execute, sql, params, many, context):
            nonlocal count
            count += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(watch):
            placed(**changes)
        return count

    asked(), asked()
    assert asked(currency="AUD") == asked(currency="INR") == asked(currency="EUR")


def test_rates_come_from_a_file_whole_or_not_at_all_and_value_what_waited(shop, tmp_path, capsys, adam):
    order = dollars(2)
    today = business_date()
    file = tmp_path / "rates.csv"
    bad = f"date,currency,rate\n{today},AUD,0\n{today},XX,3\n{today},INR,1\n2999-01-01,AUD,5\n{today},EUR,90\n{today},EUR,91\n"
    file.write_text(bad)
    with pytest.raises(SystemExit):
        call_command("import_rates", str(file), "--source", "Bank")
    assert len(capsys.readouterr().err.strip().splitlines()) == 6
    assert not ExchangeRate.objects.exists()
    file.write_text(f"date,currency,rate,source\n{today},aud,55.2,\n{today},EUR,90.5,Central bank\n")
    call_command("import_rates", str(file), "--source", "Bank")
    assert "2 new rates, 0 changed, 0 as they were" in capsys.readouterr().out
    assert set(ExchangeRate.objects.values_list("currency", "source")) == {("AUD", "Bank"), ("EUR", "Central bank")}
    assert worth(order) == (Decimal("55.2"), Decimal(1104))
    call_command("import_rates", str(file), "--source", "Bank")
    assert "0 new rates, 0 changed, 2 as they were" in capsys.readouterr().out
    assert import_rates(f"date,currency,rate\n{today},AUD,56", source="Bank", actor=adam).changed == 1
    assert value_waiting(actor="system") == 0 and worth(order)[0] == Decimal("55.2")
    with pytest.raises(Refused, match="source is missing"):
        import_rates(f"date,currency,rate\n{today},AUD,57", actor=adam)


def test_set_up_refuses_impossible_rates_and_another_book_currency_once_there_are_orders(shop, adam):
    client = signed_in(adam)
    typed = {"currency": "aud", "into": "inr", "day": str(business_date()), "rate": "55.2", "source": "Bank"}
    assert client.post("/admin/orders/exchangerate/add/", typed).status_code == 302
    first = ExchangeRate.objects.get()
    assert (first.currency, first.into, first.rate) == ("AUD", "INR", Decimal("55.2"))
    for change, says in (
        ({}, "a rate of this currency for this day already"), ({"rate": "0", "currency": "EUR"}, "above zero"),
        ({"currency": "INR"}, "worth itself"), ({"currency": "DOLLAR"}, "at most 3"), ({"source": "", "currency": "EUR"}, "blank"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=says):
            ExchangeRate(**(typed | change)).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        rate("1", currency="INR")
    with pytest.raises(IntegrityError), transaction.atomic():
        rate("0", currency="EUR")
    book = BookCurrency.objects.get()
    book.currency = "aud"
    book.full_clean()
    placed()
    with pytest.raises(ValidationError, match="cannot be changed any more"):
        book.full_clean()
    page = client.get(f"/admin/orders/bookcurrency/{book.pk}/change/").text
    assert 'name="currency"' not in page and 'name="rate_days"' in page


def test_sums_over_currencies_are_told_in_the_book_currency_beside_each(shop, ana, olga, fay):
    rate("50")
    for order in (dollars(2), placed(("MUG", 1)), placed(price="7.00", currency="EUR")):
        confirm_order(order.number, actor=ana)
    figure = next(f for f in overview.figures(olga) if f.label == "Payment pending")
    assert figure.sub == "≈ ₹1,100.00 in all: A$20.00 and €7.00 and ₹100.00; 1 without an exchange rate not counted"
    answer = signed_in(olga).get("/reports/orders-by-source/?export=csv")
    lines = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert lines[-1][:4] == ["All, at the orders' rates, 1 without a rate left out", "INR", "3", "1100.00"]
    with transaction.atomic():
        paid = dollars(1, paid="10.00")
    answer = signed_in(fay).get("/reports/payments-by-method/?export=csv")
    lines = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert lines[-1][:4] == ["All, at the orders' rates", "INR", "1", "500.00"]
    answer = signed_in(olga).get(f"/orders/?view=all&q={paid.number}&export=csv")
    head, row = csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines())
    told = dict(zip(head, row, strict=True))
    assert (told["Book currency"], told["Exchange rate"], told["Rate of"], told["Total in book currency"]) == (
        "INR", "50", str(business_date()), "500.0000",
    )  # fmt: skip


FAULTS = {
    "orders.worth": "UPDATE orders_order SET book_total = book_total + 0.01",
    "orders.rates": "UPDATE orders_order SET book_rate_on = now() + interval '9 days'",
}


@pytest.mark.parametrize("code", FAULTS)
def test_doctor_names_an_order_whose_worth_is_not_its_total_at_its_rate(shop, code):
    rate("55.2")
    order = dollars(3, "33.33")
    assert not list(CHECKS[code].run())
    with connection.cursor() as cursor:
        cursor.execute(FAULTS[code] + " WHERE number = %s", [order.number])
    assert [found.subject for found in CHECKS[code].run()] == [order.number]


@given(
    prices=st.lists(st.tuples(st.integers(1, 99), st.decimals("0.0001", "9999", places=4)), min_size=1, max_size=5),
    at=st.decimals("0.00000001", "9999", places=8), pair=st.sampled_from([("AUD", "INR"), ("JPY", "KWD"), ("KWD", "JPY")]),
)  # fmt: skip
def test_worth_is_rounded_once_to_the_coin_of_the_books(prices, at, pair):
    from orders.exchange import Rate, set_rate

    order = Order(currency=pair[0], total=quantize(sum(n * p for n, p in prices), pair[0]), placed_at=datetime.now(UTC))
    set_rate(order, pair[1], Rate(at))
    assert abs(order.book_total - order.total * at) * 2 <= Decimal(1).scaleb(-exponent(pair[1]))
    assert order.book_total == quantize(order.book_total, pair[1])


def waiting_lock(numbers, most: int) -> list[Order]:
    return list(Order.objects.select_for_update().filter(number__in=list(numbers)).order_by("pk")[:most])


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("skips", "valued"), [(True, [5, 5]), (False, [0, 5])], ids=["as it is", "negative control"])
def test_two_who_value_what_waits_at_once_share_it_and_nobody_waits(monkeypatch, skips, valued):
    make_shop()
    orders = [dollars() for _ in range(10)]
    rate("55.2")
    if not skips:
        monkeypatch.setattr("orders.actions.rate.lock_free", waiting_lock)
    both = Meeting(2)

    def value() -> int:
        with transaction.atomic():
            done = value_waiting(actor="system", most=5)
            assert both.attend() is skips
            return done

    assert sorted(at_once(value, value)) == valued
    assert [said(order).count("orders.rate_recorded") for order in orders].count(1) == sum(valued)
