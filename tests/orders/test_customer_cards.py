"""Addresses and contacts of a customer: kept by those who take orders, with their past, and offered where orders are made."""

import re

import pytest

from orders.actions.capture import capture_orders
from orders.models import Channel, Customer, Order
from tests.orders.desk import desk, signed_in, typed
from tests.stories import draft, placed

pytestmark = pytest.mark.django_db
SHOP = {"label": "Shop", "name": "Zoya Stores", "line1": "4 Linking Road", "line2": "", "city": "Mumbai", "state": "MH",
        "postal_code": "400050", "country": "IN", "phone": ""}  # fmt: skip


@pytest.fixture
def zoya(shop) -> Customer:
    desk()
    return placed(("MUG", 1)).customer


def test_an_address_is_added_becomes_the_usual_one_and_is_retired(zoya, ana):
    client, page = signed_in(ana), f"/customers/{zoya.pk}/"
    assert client.post(f"{page}addresses/new/", SHOP | {"is_default": "on", "is_bill_to": "on"}).url == page
    home, shop = zoya.addresses.order_by("pk")
    assert (home.is_default, shop.is_default, shop.is_bill_to) == (False, True, True)
    assert (
        "kept already: Shop"
        in client.post(f"{page}addresses/new/", SHOP | {"line1": "4  LINKING road"}).content.decode()
    )
    client.post(f"{page}addresses/{shop.pk}/retirement/", {"retire": "on"})
    shop.refresh_from_db()
    assert shop.retired_at
    assert not shop.is_default
    assert zoya.usual_address() == home
    client.post(f"{page}addresses/{shop.pk}/retirement/", {"retire": "off"})
    past = re.sub(r"\s+", " ", client.get(f"{page}history/").content.decode())
    assert "Address, Shop" in past
    assert "Usual delivery address: yes → no" in past
    assert ana.display_name in past


def test_an_older_sight_of_a_card_overwrites_nothing(zoya, ana, olga):
    zoya.contacts.create(name="Ravi", phone="+91 98200 11111")
    card = zoya.contacts.get()
    url, mine = (
        f"/customers/{zoya.pk}/contacts/{card.pk}/",
        {"name": "Ravi K", "part": "Accounts", "email": "", "seen": "1"},
    )
    assert signed_in(olga).post(url, mine | {"phone": "+91 98200 22222"}).status_code == 302
    answer = signed_in(ana).post(url, mine | {"name": "Ravi Kumar", "phone": "+91 98200 11111"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Saved now: </span>+91 98200 22222" in page
    card.refresh_from_db()
    assert (card.name, card.phone) == ("Ravi K", "+91 98200 22222")
    seen = re.findall(r'name="seen" value="(\d+)"', page)[0]
    assert (
        signed_in(ana)
        .post(url, mine | {"name": "Ravi Kumar", "phone": "", "email": "r@z.test", "seen": seen})
        .status_code
        == 302
    )


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        ("addresses", SHOP | {"postal_code": "12"}, "is not a PIN code of 6 digits"),
        ("addresses", SHOP | {"phone": "12"}, "is not a phone number"),
        ("contacts", {"name": "Ravi"}, "nobody can reach them"),
    ],
)
def test_a_card_that_helps_nobody_is_refused_with_a_sentence(zoya, ana, kind, values, says):
    answer = signed_in(ana).post(f"/customers/{zoya.pk}/{kind}/new/", values)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_who_takes_no_orders_keeps_no_cards(zoya, fay):
    assert signed_in(fay).get(f"/customers/{zoya.pk}/addresses/new/").status_code == 403
    assert "Add address" not in signed_in(fay).get(f"/customers/{zoya.pk}/").content.decode()


def test_an_order_takes_address_bill_and_caller_from_the_cards_and_stays_the_customers(zoya, ana):
    shop = zoya.addresses.create(**SHOP)
    office = zoya.addresses.create(**SHOP | {"label": "Office", "line1": "9 Fort", "is_bill_to": True})
    ravi = zoya.contacts.create(name="Ravi", phone="+91 98200 11111")
    client, data = signed_in(ana), typed(("MUG", 2), press="use_customer") | {"use_customer": zoya.pk}
    page = client.post("/orders/new/", data).content.decode()
    assert 'value="9 Fort"' in page  # the usual bill-to
    for button, pk in (("deliver_to", shop.pk), ("bill_to", office.pk), ("use_contact", ravi.pk)):
        data = _again(page) | {button: pk}
        page = client.post("/orders/new/", data).content.decode()
    client.post("/orders/new/", _again(page) | {"save": "1", "line-0-sku": "MUG", "line-0-qty": 2})
    order = Order.objects.latest("pk")
    assert (order.customer, order.customer_name, order.phone, order.email) == (zoya, "Ravi", "+91 98200 11111", "")
    assert (order.ship_to["line1"], order.bill_to["line1"]) == ("4 Linking Road", "9 Fort")
    page = client.post("/orders/new/", _again(page) | {"forget_customer": "1"}).content.decode()
    assert "booked on" not in page


def test_a_chosen_customer_brings_the_terms_of_their_last_order_unless_others_are_chosen(shop, ana):
    web = desk()
    zoya = Order.objects.get(
        number=capture_orders([draft(payment_terms="credit")], channel=web, actor=ana)[0].number
    ).customer
    for before, after in (("prepaid", "credit"), ("cod", "cod")):
        data = typed(press="use_customer", terms__payment_terms=before) | {"use_customer": zoya.pk}
        page = signed_in(ana).post("/orders/new/", data).content.decode()
        assert f'<option value="{after}" selected' in page
    assert 'data-key="n"' in page


def test_the_country_of_a_bill_not_asked_for_yet_follows_the_channel_a_customer_brings(zoya, ana):
    web = Channel.objects.get(code="desk")
    Channel.objects.create(code="au", name="Desk Australia", kind="phone", country="AU", currency="AUD")
    number = capture_orders([draft()], channel=web, actor=ana)[0].number
    asked = {"terms__channel": "au", "proposed_country": "AU", "ship__country": "AU", "bill__country": "AU"}
    blank = {"ship__postal_code": "", "line__0__sku": "", "line__0__qty": ""}
    zoya = Order.objects.get(number=number).customer
    for pressed in ({"use_customer": zoya.pk}, {"repeat": number}):
        page = signed_in(ana).post("/orders/new/", typed(press="other", **asked, **blank) | pressed).content.decode()
        assert _again(page) | {"terms-channel": "desk", "ship-country": "IN", "bill-country": "IN"} == _again(page)


def test_a_kept_address_is_one_press_away_in_a_change(zoya, ana):
    shop, order = zoya.addresses.create(**SHOP), Order.objects.get()
    url = f"/orders/{order.number}/amendments/new/"
    page = signed_in(ana).get(url).content.decode()
    assert f'name="use_address" value="{shop.pk}"' in page
    page = signed_in(ana).post(url, _again(page) | {"use_address": shop.pk}).content.decode()
    assert 'value="4 Linking Road"' in page
    assert "Say why" not in page  # nothing is complained about yet
    answer = signed_in(ana).post(url, _again(page) | {"readdress": "on", "head-reason": "They moved"}, follow=True)
    assert "4 Linking Road" in answer.content.decode()


def _again(page: str) -> dict[str, str]:
    """The fields of a page's form as a browser would send them."""
    main = page[page.index("<main") :]
    data = {}
    for tag in re.findall(r"<input[^>]*>", main):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") != "checkbox" or " checked" in tag:
            data[given.get("name", "")] = given.get("value", "on" if given.get("type") == "checkbox" else "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', main, re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options)
        data[name] = chosen[0]
    return {name: value for name, value in data.items() if name}
