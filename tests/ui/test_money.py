"""Money: the currency's precision, how it reads, and that splitting never loses a coin."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.kernel.money import allocate, exponent, format_money, quantize


@pytest.mark.parametrize(("currency", "places"), [("INR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_each_currency_has_its_own_smallest_coin(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize("wrong", ["", "inr", "RUPEE", None])
def test_something_that_is_no_currency_is_named(wrong):
    with pytest.raises(ValueError, match="ISO 4217"):
        exponent(wrong)


def test_halves_round_up_away_from_zero():
    assert quantize(D("2.345"), "INR") == D("2.35")
    assert quantize(D("-2.345"), "INR") == D("-2.35")
    assert quantize(D("2.5"), "JPY") == D("3")


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("160199.16", "INR", "₹1,60,199.16"),
        ("999", "INR", "₹999.00"),
        ("12345678.9", "INR", "₹1,23,45,678.90"),
        ("160199.16", "AUD", "A$160,199.16"),
        ("5", "USD", "US$5.00"),
        ("-5", "EUR", "−€5.00"),
        ("1200", "JPY", "¥1,200"),
        ("1.5", "KWD", "KWD\u00a01.500"),
        ("-0.001", "INR", "₹0.00"),
    ],
)
def test_amounts_read_the_way_people_write_them(amount, currency, words):
    assert format_money(D(amount), currency) == words


def test_a_unit_price_below_a_cent_is_not_shown_rounded_away():
    assert format_money(D("0.0125"), "INR", unit_price=True) == "₹0.0125"
    assert format_money(D("12.5000"), "INR", unit_price=True) == "₹12.50"
    assert format_money(D("12.3450"), "INR", unit_price=True) == "₹12.345"


def test_a_discount_over_three_lines_sums_to_the_discount():
    assert allocate(D("10.00"), [1, 1, 1], "INR") == [D("3.34"), D("3.33"), D("3.33")]
    assert allocate(D("-10.00"), [1, 1, 1], "INR") == [D("-3.34"), D("-3.33"), D("-3.33")]
    assert allocate(D("5"), [0, 0], "INR") == [D("2.50"), D("2.50")]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_splitting_by_nothing_is_refused(weights):
    with pytest.raises(ValueError, match="weight"):
        allocate(D("1"), weights, "INR")


@given(
    amount=st.decimals("-1000000", "1000000", places=4),
    weights=st.lists(st.decimals("0", "100000", places=4), min_size=1, max_size=30),
    currency=st.sampled_from(["INR", "JPY", "KWD", "AUD"]),
)
def test_parts_always_sum_to_the_whole_and_stay_within_a_coin_of_fair(amount, weights, currency):
    parts = allocate(amount, weights, currency)
    whole = quantize(amount, currency)
    assert sum(parts) == whole
    coin = D(1).scaleb(-exponent(currency))
    shares = weights if any(weights) else [D(1)] * len(weights)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - whole * share / sum(shares)) < coin
