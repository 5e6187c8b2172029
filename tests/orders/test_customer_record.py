"""The record of a customer corrected by those who take orders: who finds whom afterwards, and nothing overwritten unseen."""

import re

import pytest

from oms.kernel.errors import Refused
from orders.actions.customer_change import change_customer
from orders.actions.customer_merge import merge_customers
from orders.customers.record import COLUMNS, stamp
from orders.models import Channel, Customer, Order
from tests.orders.desk import desk, signed_in
from tests.stories import placed
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoya(shop) -> Customer:
    desk()
    return placed(("MUG", 1)).customer


def record(customer: Customer, **changed: str) -> dict[str, str]:
    return {name: getattr(customer, name) for name in COLUMNS} | {"seen": stamp(customer)} | changed


def change(customer: Customer, actor, **values: str) -> Customer:
    customer.refresh_from_db()
    return change_customer(customer.pk, values, seen=stamp(customer), country="IN", actor=actor)


def test_a_wrong_e_mail_is_corrected_and_the_next_order_finds_them(zoya, ana):
    client, page = signed_in(ana), f"/customers/{zoya.pk}/"
    values = record(zoya, email="zoya.p@example.test", crm_url="crm.example/contacts/17", note="Wants  calls in Hindi")
    assert client.post(f"{page}change/", values).url == page
    zoya.refresh_from_db()
    assert (zoya.email, zoya.crm_url) == ("zoya.p@example.test", "https://crm.example/contacts/17")
    again = placed(("MUG", 1), external_id="W-2", email="Zoya.P@example.test")
    assert again.customer == zoya
    for shown in (page, f"/orders/{again.number}/"):
        html = client.get(shown).content.decode()
        assert 'href="https://crm.example/contacts/17"' in html
        assert "Wants  calls in Hindi" in html
    past = re.sub(r"\s+", " ", client.get(f"{page}history/").content.decode())
    assert "→ zoya.p@example.test" in past and ana.display_name in past
    assert Order.objects.earliest("pk").email != "zoya.p@example.test"  # what an order was given stays


def test_an_e_mail_given_to_who_came_by_phone_takes_the_phone_from_nobody(shop, ana):
    desk()
    first = placed(("MUG", 1), email="", phone="98200 11111").customer
    change(first, ana, email="new@example.test")
    assert placed(("MUG", 1), external_id="W-2", email="", phone="+91 98200 11111").customer == first
    change(first, ana, phone="")
    assert placed(("MUG", 1), external_id="W-3", email="new@example.test", phone="").customer == first
    with pytest.raises(Refused, match="Leave an e-mail or a phone"):
        change(first, ana, email="")


def test_what_finds_another_customer_is_refused_with_the_way_to_them(zoya, ana, olga):
    other = placed(("MUG", 1), external_id="W-2", email="ishaan@example.test", customer_name="Ishaan").customer
    answer = signed_in(olga).post(f"/customers/{zoya.pk}/change/", record(zoya, email="Ishaan@example.test"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ishaan, customer" in page and f"/customers/{zoya.pk}/merge/?with={other.pk}" in page
    merge_customers(zoya.pk, other.pk, choice={}, reason="One person", actor=olga)
    zoya.refresh_from_db()
    change(zoya, ana, email="ishaan@example.test")  # leads to them already
    for n, email in enumerate(("zoya@example.test", "ishaan@example.test")):
        assert placed(("MUG", 1), external_id=f"W-{n + 3}", email=email).customer == zoya


def test_a_customer_whom_one_may_not_see_is_not_named(zoya, ana):
    Channel.objects.create(code="shop-au", name="Shop AU", kind="web", currency="AUD", country="AU")
    placed(("MUG", 1), external_id="W-2", email="ishaan@example.test", customer_name="Ishaan")
    ana.channel_codes = ["shop-au"]
    with pytest.raises(Refused, match="A customer you may not see") as refused:
        change(zoya, ana, email="ishaan@example.test")
    assert refused.value.reasons[0].details == {}
    ana.channel_codes = []
    with pytest.raises(Refused, match="Ishaan, customer"):
        change(zoya, ana, email="ishaan@example.test")


def test_an_older_sight_of_the_record_overwrites_nothing(zoya, ana, olga):
    url, mine = f"/customers/{zoya.pk}/change/", record(zoya, name="Zoya Patel")
    assert signed_in(olga).post(url, record(zoya, name="Zoya Parekh")).status_code == 302
    answer = signed_in(ana).post(url, mine)
    page = answer.content.decode()
    zoya.refresh_from_db()
    assert (answer.status_code, zoya.name) == (409, "Zoya Parekh")
    assert "Saved now: </span>Zoya Parekh" in page
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    assert signed_in(ana).post(url, mine | {"seen": seen}).status_code == 302
    zoya.refresh_from_db()
    assert zoya.name == "Zoya Patel"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "This field is required"),
        ({"phone": "12"}, "is not a phone number"),
        ({"email": "zoya"}, "Enter a valid email address"),
        ({"crm_url": "javascript:alert(1)"}, "Paste the whole address"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_saved(zoya, ana, wrong, says):
    answer = signed_in(ana).post(f"/customers/{zoya.pk}/change/", record(zoya, note="kept on the page", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page and "kept on the page" in page
    assert Customer.objects.get(pk=zoya.pk).note == ""


@pytest.mark.django_db(transaction=True)
def test_two_who_are_given_one_e_mail_at_once_do_not_both_get_it(shop, ana):
    desk()
    two = [placed(("MUG", 1), external_id=f"W-{n}", email=f"w{n}@example.test").customer for n in range(2)]

    def give(customer: Customer) -> str:
        try:
            change(customer, ana, email="one@example.test")
        except Refused as refused:
            return refused.code
        return "given"

    assert sorted(at_once(*(lambda c=c: give(c) for c in two))) == ["given", "known_already"]
    assert Customer.objects.filter(email="one@example.test").count() == 1
