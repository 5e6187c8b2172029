"""CU-02, CU-03, CU-04: the narrowest list that names the product decides, and quantity breaks within it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inventory.models import Product
from orders.models import Channel, Customer, CustomerGroup, PriceList
from orders.pricing.lists import Buyer, Price, prices_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 17)


def price_list(code: str, *breaks: tuple[str, int, str], currency: str = "INR", **fields) -> PriceList:
    made = PriceList.objects.create(code=code, name=code.title(), currency=currency, **fields)
    for sku, qty, price in breaks:
        made.items.create(product=Product.objects.get(sku=sku), min_qty=qty, unit_price=Decimal(price))
    return made


@pytest.fixture
def buyer(shop) -> Customer:
    group = CustomerGroup.objects.create(code="distributors", name="Distributors")
    return Customer.objects.create(name="Asha Traders", match_key="asha@example.test", group=group)


def asked(customer: Customer | None, sku: str, qty: int, *, on: date = TODAY, currency: str = "INR") -> Price | None:
    product = Product.objects.get(sku=sku).pk
    who = Buyer.of(customer, Channel.objects.get(code="web").pk, currency)
    return prices_for(who, [(product, qty)], on=on).get(product)


def test_a_customers_own_list_beats_the_groups_the_channels_and_everybodys(buyer):
    price_list("all", ("MUG", 1, "99"))
    assert asked(buyer, "MUG", 1).unit_price == 99
    price_list("web", ("MUG", 1, "98"), channel=Channel.objects.get(code="web"))
    assert asked(buyer, "MUG", 1).unit_price == 98
    price_list("group", ("MUG", 1, "97"), group=buyer.group)
    assert asked(buyer, "MUG", 1).unit_price == 97
    price_list("own", ("MUG", 1, "96"), customer=buyer)
    assert asked(buyer, "MUG", 1) == Price(Decimal(96), "Own", 1, is_personal=True)
    assert asked(None, "MUG", 1) == Price(Decimal(98), "Web", 1), "a stranger gets the channel's price"


def test_the_largest_break_that_is_reached_counts_and_the_next_one_is_told(buyer):
    price_list("group", ("MUG", 1, "97"), ("MUG", 10, "90"), ("MUG", 100, "80"), group=buyer.group)
    assert asked(buyer, "MUG", 9) == Price(Decimal(97), "Group", 1, True, 10, Decimal(90))
    assert asked(buyer, "MUG", 10) == Price(Decimal(90), "Group", 10, True, 100, Decimal(80))
    assert asked(buyer, "MUG", 5000) == Price(Decimal(80), "Group", 100, True)


def test_a_list_whose_smallest_quantity_is_not_reached_leaves_it_to_the_next(buyer):
    price_list("own", ("MUG", 50, "70"), customer=buyer)
    price_list("group", ("MUG", 1, "97"), group=buyer.group)
    assert asked(buyer, "MUG", 49).list_name == "Group"
    assert asked(buyer, "MUG", 50).list_name == "Own"


def test_among_equals_the_lower_rank_decides(buyer):
    price_list("late", ("MUG", 1, "1"), group=buyer.group, rank=20)
    price_list("early", ("MUG", 1, "2"), group=buyer.group, rank=10)
    assert asked(buyer, "MUG", 1).list_name == "Early"


def test_days_currency_and_the_switch_are_kept(buyer):
    own = price_list("own", ("MUG", 1, "70"), customer=buyer, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 17))
    assert asked(buyer, "MUG", 1).unit_price == 70, "the last day is a day of the list"
    assert asked(buyer, "MUG", 1, on=date(2026, 3, 18)) is None
    assert asked(buyer, "MUG", 1, on=date(2026, 2, 28)) is None
    assert asked(buyer, "MUG", 1, currency="AUD") is None
    own.is_active = False
    own.save()
    assert asked(buyer, "MUG", 1) is None


def test_one_query_whatever_the_number_of_products(buyer, django_assert_num_queries):
    price_list("group", *((sku, 1, "50") for sku in ("MUG", "KETTLE", "LAMP")), group=buyer.group)
    wanted = [(pk, 1) for pk in Product.objects.values_list("pk", flat=True)]
    who = Buyer.of(buyer, None, "INR")
    with django_assert_num_queries(1):
        assert len(prices_for(who, wanted, on=TODAY)) == 3


@pytest.mark.parametrize(
    "fields", [{"min_qty": 0, "unit_price": 1}, {"min_qty": 1, "unit_price": -1}, {"min_qty": 10, "unit_price": 5}]
)
def test_the_database_refuses_a_break_that_makes_no_sense(buyer, fields):
    made = price_list("own", ("MUG", 10, "70"), customer=buyer)
    with pytest.raises(IntegrityError), transaction.atomic():
        made.items.create(product=Product.objects.get(sku="MUG"), **fields)
