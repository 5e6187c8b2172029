"""Large sums of cash on delivery are confirmed with the customer first."""

from decimal import Decimal

import pytest

from tests.orders.checking.house import held, limits, switch_on
from tests.stories import placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db):
    switch_on("cod")
    limits(cod_up_to=Decimal(300))


def test_cash_above_the_limit_waits(shop):
    assert held(placed(("MUG", 4), payment_terms="cod"))[0][1].startswith(
        "₹400.00 cash on delivery is above ₹300.00; take a payment in advance"
    )


def test_cash_up_to_the_limit_currencies_without_one_and_prepaid_orders_pass(shop):
    assert held(placed(("MUG", 3), payment_terms="cod")) == []
    limits("AUD")
    assert held(placed(("MUG", 3), price="200", payment_terms="cod", currency="AUD")) == []
    assert held(placed(("KETTLE", 4))) == []
