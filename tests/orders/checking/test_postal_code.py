"""Postal codes of India and Australia have a form; an Australian one lies in its state."""

from dataclasses import replace

import pytest

from orders.checking import postal_code
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting
from tests.orders.checking.house import held
from tests.stories import HOME, placed

RULE = Setting("postal_code", 1, "postal_code", "", "support")


def look(code: str, country: str = "AU", state: str = "", ships: bool = True) -> str | None:
    place = {"postal_code": code, "country": country, "state": state}
    return postal_code.look(OrderFacts(ship_to=place, ships=ships), RULE)


@pytest.mark.parametrize("code", ["400001", "400 001", "110 001", "", "  "])
def test_good_indian_codes_and_missing_ones_pass(code):
    assert look(code, "IN") is None


@pytest.mark.parametrize("code", ["012345", "40001", "4000011", "4OOOO1", "४०००0१", "-400001", "1e5000"])
def test_wrong_indian_codes_say_what_to_do(code):
    assert "is not six digits starting with 1 to 9; get the right one" in look(code, "IN")


@pytest.mark.parametrize(
    "code,state",
    [("2000", "NSW"), ("0800", "NT"), ("3000", "Victoria"), ("4000", "qld"), ("5000", "South Australia"), ("6000", "WA"),
     ("7000", "TAS"), ("2600", "ACT"), ("0200", "ACT"), ("2620", "NSW"), ("2620", "ACT"), ("0872", "SA"), ("4383", "NSW"),
     ("2000", ""), ("2000", "Nowhere")],
)  # fmt: skip
def test_good_australian_codes_pass(code, state):
    assert look(code, state=state) is None


@pytest.mark.parametrize(
    "code,state", [("2000", "VIC"), ("3000", "New South Wales"), ("800", "NT"), ("20000", "NSW"), ("2O00", "NSW")]
)
def test_wrong_australian_codes_are_found(code, state):
    assert look(code, state=state).endswith("correct the address")


def test_other_countries_and_goods_that_do_not_ship_are_left_alone():
    assert look("SW1A 1AA", "GB") is None
    assert look("1", "IN", ships=False) is None


@pytest.mark.django_db
def test_it_is_on_in_a_fresh_house_and_holds_for_support(shop):
    order = placed(ship_to=replace(HOME, postal_code="4000"))
    assert held(order)[0][0] == "postal_code"
    assert (order.owner_team, order.next_text) == ("support", "Correct the postal code")
    assert held(placed()) == []
