"""Transfers on their pages: write, send, receive with the scanner, close short, and what other people may not."""

import re

import pytest
from django.urls import reverse

from inventory.models import Transfer
from oms.kernel.clock import business_date
from oms.ops.doctor.registry import run_all
from tests.conftest import person
from tests.inventory.buying import incoming
from tests.inventory.moving import loaded, on_the_road
from tests.stories import stock_of

HEAD = {"source": "pune", "location": "delhi", "rows": "3", "eta": "2027-02-03"}


def at(name: str, *args) -> str:
    return reverse(f"transfers:{name}", args=args)


@pytest.fixture
def page(shop, client, bo):
    client.force_login(bo)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_a_transfer_is_written_sent_received_and_closed_short_on_its_pages(page):
    typed = HEAD | {"sku_0": "MUG", "qty_0": "4", "pasted": "KETTLE\t2"}
    shown = text(page.post(at("new"), typed, follow=True))
    transfer = Transfer.objects.get()
    assert "Nothing has left Pune yet" in shown
    page.post(at("sending", transfer.number))
    assert incoming("KETTLE", "delhi") == 2
    assert transfer.number in text(page.get(reverse("inventory:product", args=[transfer.lines.all()[0].product_id])))
    station = text(page.get(at("receiving", transfer.number)))
    key = re.search(r'name="key" value="([^"]+)"', station)[1]
    for _ in range(2):  # the same form sent twice
        page.post(at("count", transfer.number), {"step": "scan", "code": "MUG", "key": key})
    answer = page.post(at("count", transfer.number), {"step": "scan", "code": "LAMP"}, follow=True)
    assert "Not on this transfer" in text(answer)
    page.post(at("count", transfer.number), {"step": "scan", "sku": "MUG", "qty": "2"})
    answer = page.post(at("count", transfer.number), {"step": "book", "reference": "Lorry 7"}, follow=True)
    assert "is booked in, on the shelf" in text(answer)
    assert "3 units on the road" in text(answer)
    assert stock_of("MUG", "delhi").on_hand == 8
    answer = page.post(at("closing", transfer.number), {"reason": "Broken on the way"}, follow=True)
    assert "closed it short: 3 units lost" in text(answer)
    assert not any(run_all().values())


def test_wrong_rows_keep_what_was_typed_and_name_each(page):
    wrong = HEAD | {"location": "pune", "sku_0": "MUG", "qty_0": "many", "qty_1": "3", "pasted": "MUG;x"}
    answer = page.post(at("new"), wrong)
    assert answer.status_code == 422
    for said in (
        "another place than the one it leaves",
        "Enter a whole number",
        "Which SKU?",
        "“MUG;x”, cannot be read",
    ):
        assert said in text(answer), said
    assert "There is no SKU NONE" in text(page.post(at("new"), HEAD | {"sku_0": "NONE", "qty_0": "1"}))
    assert not Transfer.objects.exists()


def test_too_much_is_refused_with_what_is_free(page, bo):
    transfer = loaded(("MUG", 11), actor=bo)
    assert "10 are free" in text(page.post(at("sending", transfer.number), follow=True))
    page.post(at("edit", transfer.number), HEAD | {"sku_0": "MUG", "qty_0": "10", "version": transfer.version})
    assert "On the road" in text(page.post(at("sending", transfer.number), follow=True))


def test_the_day_moves_and_the_lists_name_what_is_late(page, bo):
    late = on_the_road(("MUG", 1), days=-2, actor=bo)
    assert late.number in text(page.get(at("list"), {"view": "overdue"}))
    assert "1 unit is overdue" in text(page.get(at("detail", late.number)))
    shown = text(
        page.post(at("day", late.number), {"eta": business_date().isoformat(), "reason": "Flood"}, follow=True)
    )
    assert "Flood" in shown
    assert "is no day" in text(page.post(at("day", late.number), {"eta": "soon"}, follow=True))
    assert late.number not in text(page.get(at("list"), {"view": "overdue"}))
    assert late.number in text(page.get(at("list"), {"q": "mug"}))
    exported = b"".join(page.get(at("list"), {"view": "all", "export": "csv"}).streaming_content).decode()
    assert late.number in exported


def test_sales_look_and_touch_nothing(shop, client, ana, bo):
    transfer = on_the_road(("MUG", 1), actor=bo)
    client.force_login(ana)
    assert "Your role does not do this" in text(client.get(at("detail", transfer.number)))
    assert client.post(at("closing", transfer.number), {"reason": "x"}).status_code == 403


def test_each_end_does_its_own_part(shop, client, bo):
    transfer = loaded(("MUG", 1), actor=bo)
    bo.location_codes = ["delhi"]
    bo.save()
    client.force_login(bo)
    assert "Only people of Pune do this" in text(client.post(at("sending", transfer.number), follow=True))
    bo.location_codes = ["pune"]
    bo.save()
    client.post(at("sending", transfer.number))
    answer = client.post(at("count", transfer.number), {"step": "scan", "code": "MUG"}, follow=True)
    assert "Only people of Delhi do this" in text(answer)
    bo.location_codes = ["nowhere"]
    bo.save()
    assert client.get(at("detail", transfer.number)).status_code == 404
    assert transfer.number not in text(client.get(at("list"), {"view": "all"}))


def test_set_up_shows_transfers_and_changes_none(shop, client, bo):
    transfer = on_the_road(("MUG", 1), actor=bo)
    client.force_login(person("olga", "admin"))
    address = reverse("admin:inventory_transfer_change", args=[transfer.pk])
    assert transfer.number in text(client.get(address))
    assert client.post(address, {"note": "x"}).status_code == 403
