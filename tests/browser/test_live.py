"""What others change shows on an open page without a reload, and never over what somebody is typing."""

import pytest
from django.test import Client

from orders.actions.assign import assign_order
from orders.actions.confirm import confirm_order
from orders.actions.note import add_note
from tests.conftest import person
from tests.stories import placed

pytestmark = pytest.mark.browser


def test_the_list_follows_and_an_order_page_only_says_so(house, sign_in):
    cy = person("cy", "support")
    order = placed()
    listing, record = (sign_in(name, "sales", hurry=True) for name in ("ana", "abe"))
    listing.goto("/orders/")
    record.goto(f"/orders/{order.number}/")
    record.get_by_placeholder("Why").or_(record.locator("textarea")).first.fill("half a sentence")
    add_note(order.number, text="Hello", actor=cy)
    assign_order(order.number, username="cy", actor=cy)
    listing.locator(f"#order-{order.number}").get_by_text("Cy").wait_for()
    record.get_by_text("Changed by Cy just now").wait_for()
    assert record.locator("textarea, input[placeholder=Why]").first.input_value() == "half a sentence"
    reader = Client()
    reader.force_login(cy)
    reader.get(f"/orders/{order.number}/")
    record.get_by_text("Cy has it open.").wait_for()


def test_a_ticked_list_waits_until_the_ticks_are_gone(house, sign_in):
    ana = person("ana", "sales")
    order = placed()
    page = sign_in("ana", hurry=True)
    page.goto("/orders/")
    page.locator(f"#order-{order.number} input").check()
    with page.expect_response(lambda answer: "/live/" in answer.url and answer.status == 200):
        confirm_order(order.number, actor=ana)
    assert page.locator(f"#order-{order.number} input").is_checked()
    page.locator("[data-clear]").click()
    page.locator(f"#order-{order.number}").get_by_text("Collect").wait_for()
