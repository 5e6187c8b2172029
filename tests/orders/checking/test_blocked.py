"""Orders of buyers and places on the blocked list wait for somebody's look."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from orders.models import BlockedEntry
from tests.orders.checking.house import held
from tests.stories import HOME, placed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "kind,value,word",
    [("phone", "098765 43210", "phone number"), ("email", " Zoya@Example.test ", "e-mail address"),
     ("postal_code", "400 001", "postal code")],
)  # fmt: skip
def test_each_kind_is_found_whatever_way_it_is_written(shop, kind, value, word):
    BlockedEntry.objects.create(kind=kind, value=value)
    assert held(placed())[0][1].startswith(f"The {word} is on the blocked list")


def test_the_phone_of_the_delivery_counts_too(shop):
    BlockedEntry.objects.create(kind="phone", value="+61 400 000 111")
    assert held(placed(ship_to=replace(HOME, phone="0400000111")))


def test_other_values_and_retired_entries_hold_nothing(shop):
    BlockedEntry.objects.create(kind="phone", value="+91 98765 43211")
    BlockedEntry.objects.create(kind="email", value="zoya@example.test", is_active=False)
    assert held(placed()) == []
    assert held(placed(phone="", email="", ship_to=replace(HOME, postal_code=""))) == []


@pytest.mark.parametrize("kind,value,says", [("phone", "--", "too short"), ("email", "ZOYA@example.test", "already")])
def test_entries_nothing_can_be_compared_with_and_doubles_are_refused(db, kind, value, says):
    BlockedEntry.objects.create(kind="email", value="zoya@example.test")
    with pytest.raises(ValidationError, match=says):
        BlockedEntry(kind=kind, value=value).full_clean()
