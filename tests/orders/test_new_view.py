"""The new-order form: one order per form, everything kept, every complaint beside its field."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from inventory.models import Product
from oms.kernel.clock import business_date
from orders.models import Channel, Customer, Order
from tests.inventory.buying import sent
from tests.orders.addresses.places import goes, two_places
from tests.orders.desk import desk, signed_in, typed
from tests.stories import placed, said, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter(shop) -> Channel:
    return desk()


def test_a_filled_form_places_one_order_through_capture(counter, ana):
    answer = signed_in(ana).post("/orders/new/", typed(("MUG", 2), ("KETTLE", 1), line__1__discount="10.50"))
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.number}/"
    assert (order.total, order.customer_name, order.ship_to["postal_code"]) == (Decimal("289.50"), "Zoya P", "400001")
    assert said(order) == ["orders.placed"]
    assert stock_of("MUG").reserved == 2


def test_the_first_order_after_signing_in_begins_on_the_channel_of_the_last_one(counter, ana):
    second = Channel.objects.create(code="zz-whatsapp", name="WhatsApp", kind="whatsapp")
    client = signed_in(ana)

    def chosen() -> str:
        page = client.get("/orders/new/").content.decode()
        marked = re.search(r'<option value="([^"]+)" selected>[^<]*, INR', page)
        return marked[1] if marked else "the first"

    assert chosen() == "the first"
    client.post("/orders/new/", typed(terms__channel=second.code))
    client.post("/logout/")
    client.force_login(ana)
    assert chosen() == second.code
    ana.channel_codes = [counter.code]
    ana.save()
    assert chosen() == "the first", "no channel this person may not enter orders for"


def test_the_same_form_twice_is_one_order_and_a_changed_one_says_so(counter, ana):
    client, data = signed_in(ana), typed()
    first, second = client.post("/orders/new/", data), client.post("/orders/new/", data)
    assert first["Location"] == second["Location"]
    third = client.post("/orders/new/", data | {"line-0-qty": "5"}, follow=True)
    assert "already saved as" in third.content.decode()
    assert Order.objects.get().qty_ordered == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("same_key", "orders"), [(True, 1), (False, 2)])
def test_two_clicks_at_once_make_one_order_and_two_forms_make_two(counter, ana, same_key, orders):
    data = typed()
    posts = [data, data if same_key else typed()]

    def click(data: dict) -> str:
        try:
            return signed_in(ana).post("/orders/new/", data)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        places = list(pool.map(click, posts))
    assert len(set(places)) == orders == Order.objects.count()
    assert stock_of("MUG").reserved == 2 * orders


@pytest.mark.parametrize("press", ["add_line", "search", "go", "update"])
def test_no_button_loses_what_was_typed_or_saves(counter, ana, press):
    data = typed(("MUG", "a few"), press=press, contact__customer_note="Ring twice", contact__email="half@")
    page = signed_in(ana).post("/orders/new/", data).content.decode()
    for text in ("Zoya P", "Ring twice", "half@", "a few", "400 001", data["key"]):
        assert text in page
    assert page.count('-sku"') >= (4 if press == "add_line" else 2)
    assert "aria-invalid" not in page
    assert not Order.objects.exists()


def test_removing_a_line_keeps_the_others(counter, ana):
    data = typed(("MUG", 1), ("KETTLE", 7), press="other", remove_line="0")
    page = signed_in(ana).post("/orders/new/", data).content.decode()
    assert 'value="KETTLE"' in page
    assert 'value="MUG"' not in page


def test_searching_a_product_offers_it_and_adding_fills_the_sku_and_offers_the_price(counter, ana):
    client = signed_in(ana)
    found = client.post("/orders/new/", typed(("", ""), press="search", find_product="enamel")).content.decode()
    assert 'name="add_sku" value="KETTLE"' in found
    added = client.post("/orders/new/", typed(("", ""), press="other", add_sku="KETTLE")).content.decode()
    assert 'value="KETTLE"' in added
    assert 'id="line-0-why">₹100.00</span>' in added, "an empty price is this one"


def test_a_scanned_sku_adds_the_line_and_a_second_scan_raises_it(counter, ana):
    page = signed_in(ana).post("/orders/new/", typed(("MUG", 2), press="go", find_product="mug")).content.decode()
    assert 'name="line-0-qty" value="3"' in page


def test_a_known_customer_is_found_by_phone_and_fills_the_form(counter, ana):
    placed(("MUG", 1), customer_name="Ishaan R", email="ishaan@example.test")
    client, customer = signed_in(ana), Customer.objects.get(email="ishaan@example.test")
    found = client.post("/orders/new/", typed(press="search", find_customer="98765 43210")).content.decode()
    assert f'name="use_customer" value="{customer.pk}"' in found
    page = client.post("/orders/new/", typed(press="other", use_customer=str(customer.pk))).content.decode()
    assert 'value="Ishaan R"' in page
    assert 'value="ishaan@example.test"' in page


def test_a_customer_who_never_ordered_is_found_and_enter_takes_the_only_one(counter, ana):
    Customer.objects.create(
        name="Ravi K", company="Old Mill", email="desk@mill.test", phone="+91 98200 11111", match_key="x"
    )
    client = signed_in(ana)
    for text in ("ravi", "OLD MI", "Desk@m", "98200 11", "+91 98200", "098200"):
        data = typed(press="go", find_customer=text, contact__customer_name="")
        assert 'value="desk@mill.test"' in client.post("/orders/new/", data).content.decode(), text
        assert "Nobody found" in client.post("/orders/new/", data | {"find_customer": f"{text}x"}).content.decode()
    # A name typed already is not overwritten by Enter in some other field.
    typing = client.post("/orders/new/", typed(press="go", find_customer="ravi")).content.decode()
    assert 'value="desk@mill.test"' not in typing and 'name="use_customer"' in typing


def test_stock_and_the_buyers_price_stand_beside_what_is_typed(counter, ana):
    client = signed_in(ana)
    found = client.post("/orders/new/", typed(("", ""), press="search", find_product="4*enamel")).content.decode()
    assert "10 free" in found and "₹100.00" in found
    page = client.post("/orders/new/", typed(("MUG", 6), ("MUG", 14), press="other")).content.decode()
    assert page.count("15 free, 5 would wait, nothing is on its way") == 2
    assert {'id="line-1-told"', 'id="line-1-why"', 'id="line-1-worth"', 'id="lines-sum"'} <= set(
        page.replace(">", " ").split()
    )
    sent(("MUG", 5, 3))
    day = business_date() + timedelta(days=3)
    page = client.post("/orders/new/", typed(("MUG", 20), press="other")).content.decode()
    assert f"5 would wait until {day:%a} {day.day} {day:%b}" in page


def test_adding_takes_the_very_sku_and_as_many_as_stand_before_it(counter, ana):
    Product.objects.create(sku="AAA", name="Rack for a mug", price=5, currency="INR")
    client = signed_in(ana)
    for press in ({"add_sku": "MUG", "press": "other"}, {"press": "go"}):
        page = client.post("/orders/new/", typed(("", ""), find_product="12*mug", **press)).content.decode()
        assert 'value="MUG"' in page and 'name="line-0-qty" value="12"' in page and 'value="AAA"' not in page
        assert 'name="find_product" value=""' in page


def test_a_former_order_is_repeated_at_the_prices_of_today(counter, ana, cy):
    old = two_places(email="zoya@example.test")
    Product.objects.filter(sku="MUG").update(price=Decimal(120))
    client = signed_in(ana)
    assert f"?repeat={old.number}" in client.get(f"/orders/{old.number}/").content.decode()
    known = {"known_customer": str(old.customer_id)}
    assert (
        f'name="repeat" value="{old.number}"'
        in client.post("/orders/new/", typed(press="other") | known).content.decode()
    )
    page = client.get(f"/orders/new/?repeat={old.number}").content.decode()
    assert f"Other prices since {old.number}: Mug ₹100.00, now ₹120.00." in page
    data = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page)) | {
        "terms-channel": "desk",
        "save": "1",
    }
    data |= dict(re.findall(r'<select name="([^"]+-country)".*?<option value="(\w+)" selected', page, re.DOTALL))
    data |= {"line-1-to": "2", "line-2-to": "2", "terms-payment_terms": "prepaid"}
    assert client.post("/orders/new/", data).status_code == 302
    new = Order.objects.latest("pk")
    assert goes(new) == goes(old) and new.number != old.number
    assert (new.customer_id, new.total, new.customer_name) == (old.customer_id, Decimal(460), old.customer_name)
    cy.channel_codes = ["desk"]
    cy.save()
    unseen = signed_in(cy).get(f"/orders/new/?repeat={old.number}").content.decode()
    assert "There is no order" in unseen and "7 Example Marg" not in unseen


def test_a_repeated_order_says_at_once_what_is_not_sold_any_more(counter, ana):
    old = placed(("MUG", 1), ("KETTLE", 1))
    Product.objects.filter(sku="KETTLE").update(is_active=False)
    page = signed_in(ana).get(f"/orders/new/?repeat={old.number}").content.decode()
    assert "Not sold any more: Kettle (KETTLE). Take the line out" in page
    assert page.count("Not sold any more") == 2, "once more beside its line"
    assert "Other prices" not in page


def test_a_priority_and_the_channel_of_the_last_order_are_kept(counter, ana):
    Channel.objects.create(code="counter", name="Counter", kind="pos")
    client = signed_in(ana)
    client.post("/orders/new/", typed(terms__channel="counter", terms__priority="1"))
    assert Order.objects.get().priority == 1
    assert '<option value="counter" selected' in client.get("/orders/new/").content.decode()


def test_customers_of_other_channels_stay_unseen(counter, ana):
    placed(("MUG", 1), customer_name="Ishaan R", email="ishaan@example.test")
    ana.channel_codes = ["desk"]
    ana.save()
    page = signed_in(ana).post("/orders/new/", typed(press="search", find_customer="ishaan")).content.decode()
    assert "ishaan@example.test" not in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("line__0__qty", "0", "The quantity must be at least 1."),
        ("line__0__qty", "-3", "The quantity must be at least 1."),
        ("line__0__qty", "1000000000", "At most 1,000,000 units on one line."),
        ("line__0__qty", "9" * 5000, "Write a whole number of units."),
        ("line__0__price", "-1", "The price cannot be negative."),
        ("line__0__price", "NaN", "Write the price as a number"),
        ("line__0__price", "1e999999999", "Ensure that there are no more than"),
        ("line__0__discount", "200.01", "The discount is more than the line is worth."),
        ("line__0__sku", "NO-SUCH", "There is no product “NO-SUCH”"),
        ("line__0__sku", "MUG\x00", "invisible character"),
        ("contact__customer_name", "Zo\x00ya", "invisible character"),
        ("contact__customer_note", "x" * 1_000_000, "at most 4000 characters"),
        ("contact__customer_name", "", "This field is required."),
        ("contact__phone", "", "Enter a phone number or an e-mail"),
        ("contact__phone", "12", "is not a phone number"),
        ("contact__email", "not-an-address", "Enter a valid email address."),
        ("contact__promised_on", "2001-01-01", "That day is over"),
        ("ship__postal_code", "4001", "is not a PIN code of 6 digits"),
        ("ship__line1", "", "This field is required."),
        ("terms__channel", "web", "Select a valid choice"),
        ("terms__shipping", "-5", "greater than or equal to 0"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_stored(counter, ana, field, value, sentence):
    answer = signed_in(ana).post("/orders/new/", typed(**{field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert "12 Example Road" in page or field == "ship__line1"
    assert not Order.objects.exists()


def test_an_australian_address_has_a_four_digit_postcode(counter, ana):
    data = typed(ship__country="AU", ship__postal_code="3065", ship__state="VIC")
    signed_in(ana).post("/orders/new/", data)
    assert Order.objects.get().ship_country == "AU"


def test_a_form_without_lines_asks_for_one(counter, ana):
    answer = signed_in(ana).post("/orders/new/", typed(("", "")))
    assert "Add at least one product." in answer.content.decode()


def test_only_those_who_may_create_orders_get_the_form(counter, ana, bo, cy):
    assert signed_in(bo).get("/orders/new/").status_code == 403
    assert signed_in(bo).post("/orders/new/", typed()).status_code == 403
    assert signed_in(cy).get("/orders/new/").status_code == 200
    assert not Order.objects.exists()


def test_every_control_has_a_label_and_the_first_search_has_the_cursor(counter, ana):
    page = signed_in(ana).get("/orders/new/").content.decode()
    assert "autofocus" in page.split('name="find_customer"')[1].split(">")[0]
    for name in ("contact-customer_name", "ship-line1", "line-0-sku", "line-0-qty", "terms-channel"):
        assert f'for="id_{name}"' in page


def test_the_orders_page_leads_to_the_form_for_those_who_may(counter, ana, bo):
    assert 'href="/orders/new/"' in signed_in(ana).get("/orders/").content.decode()
    assert 'href="/orders/new/"' not in signed_in(bo).get("/orders/").content.decode()


def test_the_country_that_was_proposed_follows_the_channel_unless_the_postal_code_says_otherwise(counter, ana):
    asked = {"terms__channel": "desk", "ship__country": "AU", "proposed_country": "AU"}
    signed_in(ana).post("/orders/new/", typed(("MUG", 1), **asked))
    assert Order.objects.get().ship_to["country"] == "IN"
    answer = signed_in(ana).post("/orders/new/", typed(("MUG", 1), ship__postal_code="3004", **asked))
    assert Order.objects.latest("pk").ship_to["country"] == "AU", answer
    signed_in(ana).post("/orders/new/", typed(("MUG", 1), **asked | {"proposed_country": "IN"}))
    assert Order.objects.count() == 2  # somebody chose Australia: the PIN code is complained about
