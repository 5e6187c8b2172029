"""Taking an order for several addresses by hand."""

import re

import pytest

from orders.models import Customer, CustomerAddress, Order
from tests.orders.addresses.places import goes
from tests.orders.desk import desk, signed_in, typed

pytestmark = pytest.mark.django_db
DELHI = {
    "place-2-on": "1", "place-2-line1": "7 Example Marg", "place-2-city": "Delhi", "place-2-postal_code": "110001",
    "place-2-country": "IN",
}  # fmt: skip


def test_an_address_is_added_a_line_split_and_the_order_placed(shop, ana):
    desk()
    client = signed_in(ana)
    page = client.post("/orders/new/", typed(("MUG", 5), press="add_place")).content.decode()
    assert "Delivery address 2" in page and 'name="place-2-line1"' in page and 'name="line-0-to"' in page
    data = typed(("MUG", 5), press="split_line") | DELHI | {"split_line": "0"}
    page = client.post("/orders/new/", data).content.decode()
    assert re.findall(r'name="line-\d-qty" value="(\d)"', page) == ["3", "2"]
    assert '<option value="2" selected>Address 2, Delhi</option>' in page

    data = typed(("MUG", 3), ("MUG", 2)) | DELHI
    refused = client.post("/orders/new/", data)
    assert (refused.status_code, Order.objects.count()) == (422, 0)
    assert "No line goes to address 2; send one there, or remove it." in refused.content.decode()
    wrong = client.post("/orders/new/", data | {"line-1-to": "2", "place-2-postal_code": "1100"})
    assert "“1100” is not a PIN code of 6 digits" in wrong.content.decode()
    assert client.post("/orders/new/", data | {"line-1-to": "2"}).status_code == 302
    assert goes(Order.objects.get()) == [("MUG", 3, "Mumbai"), ("MUG", 2, "Delhi")]


def test_a_removed_address_gives_its_lines_back_and_a_draft_keeps_the_others(shop, ana):
    desk()
    client = signed_in(ana)
    data = typed(("MUG", 1), press="remove_place") | DELHI | {"line-0-to": "2", "remove_place": "2"}
    page = client.post("/orders/new/", data).content.decode()
    assert "Delivery address 2" not in page and 'name="line-0-to"' not in page
    kept = client.post("/orders/new/", typed(("MUG", 1), press="draft") | DELHI | {"line-0-to": "2"})
    page = client.get(kept.url).content.decode()
    assert "7 Example Marg" in page and '<option value="2" selected>' in page


def test_the_other_places_of_a_known_customer_are_one_press_away(shop, ana):
    desk()
    zoya = Customer.objects.create(name="Zoya Stores", email="zoya@example.test")
    for name, city, first in (("12 Example Road", "Mumbai", True), ("7 Example Marg", "Delhi", False)):
        CustomerAddress.objects.create(
            customer=zoya, line1=name, city=city, postal_code="400001", country="IN", is_default=first
        )
    client = signed_in(ana)
    data = typed(press="use_customer") | {"use_customer": zoya.pk, "known_customer": zoya.pk}
    page = client.post("/orders/new/", data).content.decode()
    (pk,) = re.findall(r'name="use_place" value="(\d+)"', page)
    page = client.post(
        "/orders/new/", typed(press="use_place") | {"use_place": pk, "known_customer": zoya.pk}
    ).content.decode()
    assert 'name="place-2-line1" value="7 Example Marg"' in page and 'name="use_place"' not in page
