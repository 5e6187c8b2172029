"""Taking an order by keys alone: what is found is chosen by arrows, amounts follow the typing, nothing is lost on the way."""

import pytest
from playwright.sync_api import expect

from orders.models import Order
from tests.orders.desk import desk
from tests.stories import placed

pytestmark = pytest.mark.browser


def test_an_order_is_taken_without_a_mouse(house, sign_in):
    desk()
    placed(("LAMP", 1), customer_name="Ishaan R", email="ishaan@example.test")
    page = sign_in("ana", "sales")
    page.goto("/orders/new/")
    page.keyboard.type("98765")
    expect(page.locator("#found-customers [data-chosen]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[name=contact-customer_name]")).to_have_value("Ishaan R")
    expect(page.locator("[name=find_product]")).to_be_focused()

    page.keyboard.type("2*k")  # KETTLE, then the desk lamp
    expect(page.locator("#found-products li")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found-products li").nth(1).locator("[data-chosen]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[name=line-0-sku]")).to_have_value("LAMP")
    page.locator("[name=line-0-sku]").fill("KETTLE")
    page.locator("[name=line-0-qty]").fill("23")
    expect(page.locator("#line-0-told")).to_contain_text("10 free, 13 would wait")
    expect(page.locator("#lines-sum")).to_have_text("₹2,300.00")
    expect(page.locator("[name=line-0-qty]")).to_be_focused()

    page.locator("[name=line-0-qty]").fill("3")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Ishaan R")
    line = Order.objects.latest("pk").lines.get()
    assert (line.sku, line.qty_ordered) == ("KETTLE", 3)


def test_an_order_of_somebody_not_known_is_taken_without_a_mouse(house, sign_in):
    desk()
    page = sign_in("ana", "sales")
    page.goto("/orders/new/")
    page.keyboard.type("98111 22333")
    expect(page.locator("#found-customers")).to_contain_text("Nobody found")
    page.keyboard.press("Enter")
    expect(page.locator("[name=contact-phone]")).to_have_value("98111 22333")
    expect(page.locator("[name=contact-customer_name]")).to_be_focused()
    page.keyboard.type("Nila K")
    page.keyboard.press("Control+Enter")  # too early: the first thing that is missing has the cursor
    expect(page.locator("[name=ship-line1]")).to_be_focused()
