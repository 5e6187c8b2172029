"""The rows of the orders list are written in Python: what people typed must still show as text."""

import pytest

from orders.models import Order
from orders.seeds import seed
from tests.orders.test_views import client_of
from tests.stories import placed

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)>\"'&"
SHOWN = "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;"


def test_markup_in_any_text_of_a_row_shows_as_text(shop):
    seed()
    order = placed(("MUG", 1), customer_name=MARKUP)
    shop.name = MARKUP
    shop.save()
    Order.objects.filter(pk=order.pk).update(ship_city=MARKUP, next_text=MARKUP, hold_summary=MARKUP)
    page = client_of("ana", "sales").get("/orders/?view=all").content.decode()
    row = page.split(f'<tr role="row" id="order-{order.number}"')[1].split("</tr>")[0]
    assert "<img" not in row
    assert row.count(SHOWN) == 6  # name, city, next step, hold, and the channel twice


def test_a_row_says_stage_next_step_whose_and_since_when(shop):
    seed()
    order = placed(("MUG", 1))
    page = client_of("ana", "sales").get("/orders/?view=all").content.decode()
    row = page.split(f'<tr role="row" id="order-{order.number}"')[1].split("</tr>")[0]
    for said in ("New", "Confirm the order", "<b>No owner</b>, Sales", "Zoya P", "Mumbai", "₹100.00", "<time"):
        assert said in row
