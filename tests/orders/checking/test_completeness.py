"""A name, a way to reach the buyer, and an address for what ships."""

from dataclasses import replace

import pytest

from orders.models import Channel
from tests.orders.checking.house import held, switch_on
from tests.stories import HOME, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db):
    switch_on("completeness")


def test_a_complete_order_passes(shop):
    assert held(placed()) == []
    assert held(placed(email="")) == [], "a phone alone is enough"


def test_everything_missing_is_named_in_one_sentence(shop):
    order = placed(customer_name="", email="", phone="", ship_to=replace(HOME, name="", postal_code="", line1=" "))
    assert held(order)[0][1] == (
        "Details are missing: the customer's name, a phone number or e-mail address, the street, the postal code;"
        " ask the customer and complete the order"
    )


def test_what_is_handed_over_in_the_store_needs_no_address(shop):
    away = replace(HOME, line1="", city="")
    assert held(placed(ship_to=away))
    Channel.objects.update(kind="pos")
    assert held(placed(ship_to=away)) == []
