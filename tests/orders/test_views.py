"""The pages of the order desk: they work, refuse, and stay cheap."""

import pytest
from django.test import Client

from oms.access.models import User
from orders.seeds import seed
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


def client_of(name: str, *roles: str) -> Client:
    user = User.objects.filter(username=name).first() or User.objects.create_user(name, password="x", roles=list(roles))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def order(shop):
    seed()
    return placed(("MUG", 1))


def test_the_list_and_the_page_show_the_order(order):
    ana = client_of("ana", "sales")
    assert order.number in ana.get("/orders/?view=all").content.decode()
    page = ana.get(f"/orders/{order.number}/")
    assert page.status_code == 200
    assert "Confirm order" in page.content.decode()


def test_confirming_is_for_sales_not_for_the_warehouse(order):
    client_of("bo", "warehouse").post(f"/orders/{order.number}/confirmation/")
    assert again(order).status == "new"
    client_of("ana", "sales").post(f"/orders/{order.number}/confirmation/")
    assert again(order).status == "confirmed"


def test_an_exact_number_opens_the_order(order):
    answer = client_of("cy", "support").get("/orders/search/", {"q": order.number.lower()})
    assert answer["Location"] == f"/orders/{order.number}/"


def test_an_unknown_order_is_not_found(order):
    assert client_of("ana", "sales").get("/orders/SO-0/").status_code == 404


def test_the_list_costs_the_same_for_many_orders(order, django_assert_max_num_queries):
    for _ in range(5):
        placed(("MUG", 1))
    ana = client_of("ana", "sales")
    with django_assert_max_num_queries(16):
        assert ana.get("/orders/?view=all").status_code == 200


def test_a_move_made_from_a_home_leads_back_to_it_and_never_off_the_site(order):
    client = client_of("ana", "sales")
    answer = client.post(f"/orders/{order.number}/confirmation/", {"back": "/?role=sales"})
    assert answer.url == "/?role=sales"
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", ""):
        answer = client.post(f"/orders/{order.number}/confirmation/", {"back": elsewhere})
        assert answer.url == f"/orders/{order.number}/"
