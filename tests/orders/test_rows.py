"""The rows of the orders list are written in Python: what people typed must still show as text."""

from datetime import timedelta

import pytest

from oms.kernel.clock import now, time_is
from orders.models import Order, Stage
from orders.seeds import seed
from orders.stagebook import forget
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


def test_a_row_drawn_before_is_drawn_anew_when_anything_it_says_has_changed(shop, ana):
    """Rows are kept by each process: a word that is left out of their key would stay on screen for ever."""
    seed()
    order, client = placed(("MUG", 1)), client_of("ana", "sales")

    def row() -> str:
        page = client.get("/orders/?view=all").content.decode()
        return page.split(f'<tr role="row" id="order-{order.number}"')[1].split("</tr>")[0]

    at = now()
    changes = {
        "customer_name": "Ada L", "ship_city": "Pune", "line_count": 7, "total": 31, "currency": "AUD", "book_total": 1700,
        "payment_status": "paid",
        "fulfilment_status": "packed", "stage": "packed", "hold_summary": "Wrong street", "qty_backordered": 3, "qty_ordered": 9,
        "next_text": "Pack it", "owner_team": "finance", "placed_at": at - timedelta(days=3), "stage_since": at - timedelta(hours=2),
        "due_at": at - timedelta(hours=5), "open_holds": 1, "assignee": ana,
    }  # fmt: skip
    said = row()
    for name, value in changes.items():
        Order.objects.filter(pk=order.pk).update(**{name: value})
        before, said = said, row()
        assert (said != before) is (name != "open_holds"), name  # a late row is marked late, held or not
    Order.objects.filter(pk=order.pk).update(
        claimed_by=ana, claimed_until=at + timedelta(hours=1), claimed_step="confirm"
    )
    before, said = said, row()
    assert said != before and "until" in said
    for renamed, name in ((shop, "name"), (ana, "display_name"), (Stage.objects.get(key="packed"), "label")):
        setattr(renamed, name, "Renamed")
        renamed.save()
        forget()
        before, said = said, row()
        assert said != before and "Renamed" in said, name
    with time_is(at + timedelta(minutes=50)):
        assert row() != said
