"""BEYOND 9: the command bar by keyboard alone, and its page without script."""

import pytest
from playwright.sync_api import expect

from orders.models import Order
from tests.conftest import person
from tests.fulfilment.steps import picked, released
from tests.stories import placed

pytestmark = pytest.mark.browser


def test_a_line_and_enter_do_the_step_and_nothing_happens_before(house, sign_in):
    order = placed()
    page = sign_in("ana", "sales")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"{order.number} confirm")
    page.get_by_text(f"Confirm {order.number} of Zoya P").wait_for()
    assert Order.objects.get(pk=order.pk).status == "new"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.number}/")
    assert Order.objects.get(pk=order.pk).status == "confirmed"


def test_slash_opens_it_where_a_page_has_no_search_of_its_own_and_escape_closes_it(house, sign_in):
    page = sign_in("ana", "sales")
    page.goto("/")
    page.keyboard.press("/")
    page.locator("dialog#cmd[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog#cmd[open]").wait_for(state="hidden")
    page.goto("/orders/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.hasAttribute('data-find')")


def test_at_a_station_it_opens_beside_the_scan_field_which_stays_the_scanners(house, sign_in):
    page = sign_in("bo", "warehouse")
    ida = person("ida", "warehouse")
    work = picked(released(ida), ida)
    page.goto(f"/warehouse/{work.number}/")
    bar, scan = page.locator("dialog#cmd[open]"), page.locator("#scan")
    for key in ("Control+k", "/"):
        page.keyboard.press(key)
        bar.wait_for()
        page.keyboard.type(work.order.number)
        bar.get_by_role("link", name=work.order.number).wait_for()
        page.keyboard.press("Escape")  # empties the line
        page.keyboard.press("Escape")
        bar.wait_for(state="hidden")
        expect(scan).to_be_focused()
        expect(scan).to_have_value("")
    page.get_by_role("link", name="Leave the station").focus()
    page.keyboard.type("/MUG")  # as a scanner does: at once, wherever the focus is
    page.wait_for_timeout(400)
    expect(scan).to_have_value("/MUG")
    assert not bar.is_visible()


def test_without_script_the_top_bar_leads_to_a_page_with_the_button(house, sign_in):
    order = placed()
    page = sign_in("ana", "sales", java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Search everything").fill(f"{order.number} hold address")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Do it").click()
    page.wait_for_url(f"**/orders/{order.number}/")
    assert Order.objects.get(pk=order.pk).open_holds == 1
