"""The terms where people meet them: the new-order form, the customer's page, their purchase orders, the set-up."""

import pytest
from django.test import Client

from inventory.models import Product
from orders.actions.cancel import cancel_order
from orders.models import ChatAlias, CreditAccount, Customer, CustomerGroup, Order, PriceList
from tests.orders.desk import desk, signed_in, typed
from tests.orders.pricing.test_lists import price_list
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(shop) -> Customer:
    desk()
    group = CustomerGroup.objects.create(code="retail", name="Retailers")
    made = Customer.objects.create(
        name="Zoya P", phone="+91 98765 43210", match_key="+919876543210", group=group, company="Zoya Stores"
    )
    price_list("retail", ("MUG", 1, "95"), ("MUG", 10, "90.50"), group=group)
    return made


def form(client: Client, *lines, press: str = "update", **changes) -> str:
    return client.post("/orders/new/", typed(*lines, press=press, **changes)).content.decode()


def test_the_form_offers_the_agreed_price_with_its_reason_and_the_next_break(buyer, ana):
    page = form(signed_in(ana), ("MUG", 2))
    assert "₹95.00, Retail; ₹90.50 from 10" in page
    assert "₹190.00" in page
    page = form(signed_in(ana), ("MUG", 10))
    assert "₹90.50, Retail, from 10" in page


def test_two_lines_of_a_product_reach_a_break_together(buyer, ana):
    assert form(signed_in(ana), ("MUG", 4), ("MUG", 6)).count("₹90.50, Retail, from 10") == 2
    signed_in(ana).post("/orders/new/", typed(("MUG", 4), ("MUG", 6)))
    order = Order.objects.get()
    assert ([line.unit_price for line in order.lines.all()], order.open_holds) == ([90.5] * 2, 0)


def test_an_empty_price_is_frozen_as_the_agreed_one_and_a_written_one_stays(buyer, ana):
    signed_in(ana).post("/orders/new/", typed(("MUG", 10)))
    assert [line.unit_price for line in Order.objects.get().lines.all()] == [90.5]
    signed_in(ana).post("/orders/new/", typed(("MUG", 10), line__0__price="80"))
    order = Order.objects.order_by("pk").last()
    assert order.lines.get().unit_price == 80
    assert order.hold_summary.startswith("MUG at ₹80.00, agreed ₹90.50")


def test_a_stranger_pays_the_products_own_price(buyer, ana):
    page = form(signed_in(ana), ("MUG", 10), contact__phone="+91 98765 00000")
    assert 'id="line-0-why">₹100.00</span>' in page


def test_the_customers_page_tells_prices_credit_and_what_is_late(buyer, fay):
    CreditAccount.objects.create(customer=buyer, currency="INR", limit=1000, terms_days=15)
    order = placed(("MUG", 3), payment_terms="credit", email="", phone="+91 98765 43210", price="95")
    assert again(order).customer == buyer
    page = signed_in(fay).get(f"/customers/{buyer.pk}/").content.decode()
    for text in ("Prices of Retailers", "15 days to pay", "of ₹1,000.00", "₹715.00", "not sent yet"):
        assert text in page


def test_each_po_number_says_what_came_of_it(buyer, ana, fay):
    kept = {"email": "", "phone": "+91 98765 43210", "price": "95"}
    placed(("MUG", 3), customer_po="PO-7", **kept)
    second = placed(("MUG", 2), customer_po="PO-7", **kept)
    placed(("MUG", 1), customer_po="PO-8", **kept)
    cancel_order(second.number, reason="customer_changed_mind", actor=ana)
    page = signed_in(fay).get(f"/customers/{buyer.pk}/purchase-orders/").content.decode()
    assert "PO-7" in page
    assert "PO-8" in page
    assert "2 orders" in page
    assert "₹285.00" in page, "the cancelled part is worth nothing"
    assert "Mug: 3 open, 2 cancelled of 5" in page, "both orders of the PO together"
    assert "Mug: 1 open of 1" in page
    assert signed_in(fay).get(f"/customers/{buyer.pk}/").content.decode().count("purchase-orders/") == 1


def test_an_admin_adds_a_customer_that_the_first_order_finds(shop, adam):
    desk()
    url = "/admin/orders/customer/add/"
    client = signed_in(adam)
    data = {"name": "Meera Stores", "phone": "98765 43210"}
    for prefix in ("credit", "contacts", "addresses"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    assert "with its country code" in client.post(url, data).content.decode()
    assert client.post(url, data | {"phone": "+91 98765 43210"}).status_code == 302
    assert "is a customer already" in client.post(url, data | {"phone": "+91 98765 43210"}).content.decode()
    client.post("/orders/new/", typed(("MUG", 1)))
    assert Order.objects.get().customer == Customer.objects.get(name="Meera Stores")


def test_an_admin_makes_a_list_with_breaks_and_is_told_what_is_wrong(shop, adam):
    client, product = signed_in(adam), Product.objects.get(sku="MUG")
    data = {
        "code": "dealers", "name": "Dealers", "currency": "inr", "rank": "100", "is_active": "on",
        "items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "items-0-product": product.pk, "items-0-min_qty": "1",
        "items-0-unit_price": "95", "items-1-product": product.pk, "items-1-min_qty": "10", "items-1-unit_price": "90",
    }  # fmt: skip
    bad = data | {"starts_on": "2026-03-02", "ends_on": "2026-03-01"}
    assert "lies before the first" in client.post("/admin/orders/pricelist/add/", bad).content.decode()
    twice = client.post("/admin/orders/pricelist/add/", data | {"items-1-min_qty": "1"}).content.decode()
    assert "A product has two prices from the same quantity on; keep one of them." in twice
    assert client.post("/admin/orders/pricelist/add/", data).status_code == 302
    made = PriceList.objects.get()
    assert (made.currency, made.items.count()) == ("INR", 2)


@pytest.mark.parametrize("model", ["pricelist", "chatalias"])
def test_an_admin_tells_two_customers_of_one_name_apart_wherever_one_is_chosen(shop, adam, model):
    one, two = (
        placed(("MUG", 1), customer_name="Asha Rao", email=mail, phone=phone).customer
        for mail, phone in (("asha@one.test", "+91 98765 43210"), ("", "+91 90000 00002"))
    )
    client = signed_in(adam)

    def found(term: str) -> list[str]:
        given = {"app_label": "orders", "model_name": model, "field_name": "customer", "term": term}
        return [row["text"] for row in client.get("/admin/autocomplete/", given).json()["results"]]

    called = [
        f"Asha Rao, no.\u00a0{one.pk}, +91 98765 43210, asha@one.test",
        f"Asha Rao, no.\u00a0{two.pk}, +91 90000 00002",
    ]
    assert sorted(found("asha rao")) == sorted(called)
    assert called[0] in found(str(one.pk)), "with whose phone has that digit"
    for term in ("098765-43210", "asha@one", f"no. {one.pk}"):
        assert found(term) == called[:1], term
    if model == "pricelist":
        row = PriceList.objects.create(code="rao", name="Rao", currency="INR", customer=one)
    else:
        row = ChatAlias.objects.create(words="the usual", product=Product.objects.get(sku="MUG"), customer=one)
    for page in ("", f"{row.pk}/change/"):
        assert called[0] in client.get(f"/admin/orders/{model}/{page}").content.decode(), page
