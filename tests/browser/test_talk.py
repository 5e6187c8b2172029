"""Colleagues called from the keyboard and live on the other's home; files and columns without script."""

import pytest

from orders.models import Attachment, Mention
from tests.browser.conftest import WAIT_MS
from tests.conftest import person
from tests.stories import placed

pytestmark = pytest.mark.browser


def test_an_at_offers_colleagues_and_the_called_one_sees_it_without_reloading(house, sign_in):
    order = placed()
    bo = sign_in("bo", "warehouse", hurry=True)
    bo.goto("/")
    page = sign_in("ana", "sales")
    page.goto(f"/orders/{order.number}/")
    note = page.get_by_label("Internal note")
    note.click()
    page.keyboard.type("please look @b")
    page.get_by_role("option", name="@bo, Bo").wait_for()
    page.keyboard.press("Enter")
    assert note.input_value() == "please look @bo "
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("Note added.").wait_for()
    assert Mention.objects.get().user.username == "bo"
    bo.get_by_role("heading", name="Mentions").wait_for(timeout=WAIT_MS)


def test_escape_closes_the_offer_and_keeps_what_was_typed(house, sign_in):
    order = placed()
    person("bo", "warehouse")
    page = sign_in("ana", "sales")
    page.goto(f"/orders/{order.number}/")
    page.get_by_label("Internal note").click()
    page.keyboard.type("@b")
    page.locator(".picker li").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".picker li").first.wait_for(state="hidden")
    assert page.get_by_label("Internal note").input_value() == "@b"


def test_without_script_a_file_is_attached_and_columns_are_chosen(house, sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    order = placed()
    page = sign_in("ana", "sales", java_script_enabled=False)
    page.goto(f"/orders/{order.number}/")
    slip = {"name": "slip.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a slip"}
    page.get_by_label("Files to attach").set_input_files([slip])
    page.get_by_role("button", name="Attach", exact=True).click()
    page.get_by_text("slip.pdf is attached.").wait_for()
    assert Attachment.objects.get().size == len(slip["buffer"])
    page.goto("/orders/columns/")
    page.get_by_label("Payment", exact=True).uncheck()
    page.get_by_role("button", name="Show these columns").click()
    page.wait_for_url("**/orders/")
    assert page.get_by_role("columnheader", name="Payment").count() == 0
