"""The pages of the order desk: they work, refuse, and stay cheap."""

import pytest
from django.test import Client

from oms.access.models import User
from orders.models import Order, Stage
from orders.seeds import seed
from tests.conftest import person
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


def test_an_unknown_order_is_named_and_close_numbers_are_offered(order):
    Order.objects.filter(pk=order.pk).update(number="SO-91234")  # no digit twice: a slip of two equal ones is none
    order.refresh_from_db()
    client, digits = client_of("ana", "sales"), order.number.removeprefix("SO-")
    swapped = digits[:-2] + digits[-1] + digits[-2]
    slips = [f"SO-{digits}7", f"SO-{digits[1:]}", f"XY-{digits}", f"SO-{swapped}", f"so-{digits}", order.external_id]
    for typed in slips:
        answer = client.get(f"/orders/{typed}/")
        page = answer.content.decode()
        assert answer.status_code == 404
        assert f"<title>No order {typed}" in page
        assert f'href="/orders/{order.number}/"' in page, typed
    assert "Close numbers" not in client.get("/orders/nothing-like-it/").content.decode()
    other = Client()
    other.force_login(person("oz", "sales", channel_codes=["elsewhere"]))
    assert f"/orders/{order.number}/" not in other.get(f"/orders/SO-{digits}7/").content.decode()
    assert "No order SO-404" in client.get("/orders/SO-404/history/").content.decode()
    assert "No return RMA-404" in client.get("/returns/RMA-404/").content.decode()


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


def test_a_tab_that_is_one_stage_bears_the_name_the_house_gives_it(order):
    stage = Stage.objects.get(key="ready_to_pack")
    stage.label = "To the table"
    stage.save()
    page = client_of("ana", "sales").get("/orders/").content.decode()
    assert ">To the table <span" in page
    assert "Ready to pack" not in page.split("<main")[1].split('aria-label="Filters"')[0].split("</nav>")[0]


def test_cancelling_a_part_is_closed_with_its_reason_before_anything_is_typed(order):
    closed = client_of("ana", "sales").get(f"/orders/{order.number}/").content.decode()
    assert "/remainder/" not in closed
    assert "Only Support, Owner, Admin may do this." in closed
    assert "/remainder/" in client_of("cy", "support").get(f"/orders/{order.number}/").content.decode()
