"""The page that splits an order: form, preview, split, and what everybody sees afterwards."""

from decimal import Decimal

import pytest

from fulfilment.documents.facts import slip_of
from orders.actions.cancel import cancel_remainder
from orders.actions.confirm import confirm_order
from orders.models import Order
from tests.api.test_orders_api import issue
from tests.api.test_orders_work import send
from tests.conftest import person
from tests.fulfilment.steps import sick, work_of
from tests.orders.desk import signed_in
from tests.orders.splitting_steps import part_off
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 3), ("LAMP", 2), paid="500.00")


def typed(order: Order, sku: str, qty: str, press: str = "preview", **more: object) -> dict:
    return {f"qty-{order.lines.get(sku=sku).pk}": qty, "reason": "Send what is there", "press": press} | more


def test_typed_previewed_and_split(order, ana):
    client, url = signed_in(ana), f"/orders/{order.number}/split/"
    assert "What leaves" in client.get(url).content.decode()
    page = client.post(url, typed(order, "LAMP", "2")).content.decode()
    assert "₹500.00 = ₹300.00 + ₹200.00" in page
    assert "2 waiting for stock" in page
    assert Order.objects.count() == 1
    seen = again(order).version
    answer = client.post(url, typed(order, "LAMP", "2", "split", seen=seen))
    new = Order.objects.get(split_from=order)
    assert answer["Location"] == new.get_absolute_url()
    assert f'Split from <a href="/orders/{order.number}/"' in client.get(new.get_absolute_url()).content.decode()
    assert f"/orders/{new.number}/" in client.get(order.get_absolute_url()).content.decode()
    assert sick() == {}


def test_the_second_person_sees_what_moved(order, ana):
    seen = again(order).version
    cancel_remainder(order.number, quantities={order.lines.get(sku="MUG").pk: 1}, reason="other", actor=ana)
    answer = signed_in(ana).post(f"/orders/{order.number}/split/", typed(order, "LAMP", "1", "split", seen=seen))
    assert answer.status_code == 409
    assert "has changed since this was written" in answer.content.decode()
    assert Order.objects.count() == 1


def test_wrong_input_is_marked_and_nothing_happens(order, ana):
    client, url = signed_in(ana), f"/orders/{order.number}/split/"
    assert client.post(url, typed(order, "LAMP", "two")).status_code == 422
    assert client.post(url, typed(order, "LAMP", "1") | {"reason": " "}).status_code == 422
    assert "up to 2 can go" in client.post(url, typed(order, "LAMP", "9")).content.decode()


def test_a_packer_may_not(order, bo, cy):
    assert signed_in(bo).get(f"/orders/{order.number}/split/").status_code == 403
    assert signed_in(cy).get(f"/orders/{order.number}/split/").status_code == 200


def test_the_slip_names_the_order_it_is_a_part_of(order, ana):
    confirm_order(order.number, actor=ana)
    _, new = part_off(order, ("MUG", 1), actor=ana)
    fo = work_of(new)
    assert slip_of(fo).part_of == order.number


def test_over_http(order):
    person("webshop", "sales", "support")
    line = order.lines.get(sku="LAMP").pk
    body = {"reason": "Backorder", "lines": [{"line": line, "qty": 2}]}
    answer = send(issue(), f"{order.number}/split", body)
    assert answer.status_code == 200, answer.content
    given = answer.json()
    assert [Decimal(given[name]["total"]) for name in ("order", "other")] == [300, 200]
    assert send(issue(), f"{order.number}/split", body).status_code == 409
