"""Purchasing on its pages: write, send, move a day, receive with the scanner, and what other roles may not."""

import re

import pytest
from django.urls import reverse

from inventory.models import PurchaseOrder, Supplier, SupplierItem
from oms.ops.doctor.registry import run_all
from tests.inventory.buying import drafted, incoming, sent, supplier
from tests.stories import stock_of

HEAD = {"supplier": "acme", "location": "pune", "rows": "3"}


def at(name: str, *args) -> str:
    return reverse(f"purchases:{name}", args=args)


@pytest.fixture
def page(shop, client, bo):
    client.force_login(bo)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_a_purchase_order_is_written_sent_received_and_closed_on_its_pages(page):
    supplier(minimum=10_000)
    typed = HEAD | {"sku_0": "LAMP", "qty_0": "6", "cost_0": "12.50", "pasted": "MUG\t4\nKETTLE, 2, 80, 2027-01-05"}
    shown = text(page.post(at("new"), typed, follow=True))
    purchase = PurchaseOrder.objects.get()
    assert [(x.product.sku, x.qty) for x in purchase.lines.all()] == [("LAMP", 6), ("MUG", 4), ("KETTLE", 2)]
    assert "asks for at least" in shown
    page.post(at("sending", purchase.number))
    assert incoming("KETTLE") == 2
    station = text(page.get(at("receiving", purchase.number)))
    key = re.search(r'name="key" value="([^"]+)"', station)[1]
    for _ in range(2):  # the same form sent twice
        page.post(at("count", purchase.number), {"step": "scan", "code": "LAMP", "key": key})
    answer = page.post(at("count", purchase.number), {"step": "scan", "code": "NONE"}, follow=True)
    assert "Not on this order" in text(answer)
    typed = {"step": "scan", "sku": "LAMP", "qty": "5", "reference": "DN <6>", "quarantine": "on"}
    counted = text(page.post(at("count", purchase.number), typed, follow=True))
    assert 'value="DN &lt;6&gt;"' in counted and 'name="quarantine" checked' in counted
    early = page.post(at("count", purchase.number), {"step": "book", "reference": "DN <7>", "last": "on"})
    assert early.status_code == 422, "why nothing more comes is missing; what was typed is not asked for again"
    assert 'value="DN &lt;7&gt;"' in text(early) and 'name="last" checked' in text(early)
    answer = page.post(at("count", purchase.number), {"step": "book", "reference": "DN 7"}, follow=True)
    assert "is booked in, on the shelf" in text(answer)
    assert "Part-received" in text(answer)
    assert "Delivery note DN 7" in text(answer)
    assert stock_of("LAMP").on_hand == 6
    assert "Say why nothing more comes" in text(page.post(at("closing", purchase.number), follow=True))
    answer = page.post(at("closing", purchase.number), {"reason": "Bankrupt"}, follow=True)
    assert "6 units did not come" in text(answer)
    assert not any(run_all().values())


def test_wrong_rows_keep_what_was_typed_and_name_each(page):
    supplier()
    wrong = HEAD | {"sku_0": "LAMP", "qty_0": "many", "qty_1": "3", "sku_2": "NONE", "qty_2": "1", "pasted": "LAMP;x"}
    answer = page.post(at("new"), wrong)
    assert answer.status_code == 422
    for said in ("Enter a whole number", "Which SKU?", "Line 1, “LAMP;x”, cannot be read", 'value="NONE"'):
        assert said in text(answer), said
    answer = page.post(at("new"), HEAD | {"sku_0": "NONE", "qty_0": "1"})
    assert "There is no SKU NONE" in text(answer)
    assert not PurchaseOrder.objects.exists()


def test_days_are_moved_and_confirmed_on_the_page(page, bo):
    purchase = sent(("LAMP", 6, 2), actor=bo)
    line = purchase.lines.get()
    assert "1 of 1 open lines not confirmed" in text(page.get(at("detail", purchase.number)))
    given = {f"eta_{line.pk}": "2027-02-03", f"confirmed_{line.pk}": "on", "reason": "Kiln broke"}
    shown = text(page.post(at("days", purchase.number), given, follow=True))
    assert "Kiln broke" in shown
    assert "6 units on their way" in shown
    answer = page.post(at("days", purchase.number), {f"eta_{line.pk}": "soon"}, follow=True)
    assert "is no day" in text(answer)


def test_lists_name_what_is_late_and_find_by_sku(page, bo):
    late, fine = sent(("LAMP", 6, -2), actor=bo), sent(("MUG", 6, 3), actor=bo)
    shown = text(page.get(at("list"), {"view": "overdue"}))
    assert late.number in shown
    assert fine.number not in shown
    found = text(page.get(at("list"), {"q": "mug"}))
    assert fine.number in found
    assert late.number not in found
    exported = b"".join(page.get(at("list"), {"view": "all", "export": "csv"}).streaming_content).decode()
    assert late.number in exported


def test_a_supplier_keeps_what_it_sells_and_unknown_skus_are_refused(page):
    given = {
        "name": "Acme", "code": "acme", "currency": "inr", "lead_days": "5", "minimum": "0", "over_percent": "0",
        "is_active": "on", "items": "LAMP, A-1, 40, 6\nMUG",
    }  # fmt: skip
    assert page.post(at("supplier-new"), given).status_code == 302
    assert Supplier.objects.get().currency == "INR"
    assert SupplierItem.objects.get(product__sku="LAMP").pack == 6
    answer = page.post(at("supplier", "acme"), given | {"items": "NONE, 1, 2, 3"})
    assert answer.status_code == 422
    assert "There is no SKU NONE" in text(answer)
    assert SupplierItem.objects.count() == 2


def test_the_paper_is_a_pdf_of_a_draft_and_of_an_order(page, bo):
    for purchase in (drafted(("LAMP", 6), actor=bo), sent(("LAMP", 6), actor=bo)):
        answer = page.get(at("pdf", purchase.number))
        assert answer.content[:5] == b"%PDF-"


def test_sales_see_when_it_comes_but_not_what_it_costs(shop, client, ana, bo):
    purchase = sent(("LAMP", 6), actor=bo)
    client.force_login(ana)
    shown = text(client.get(at("detail", purchase.number)))
    assert "LAMP" in shown
    assert "50.00" not in shown
    assert client.post(at("cancellation", purchase.number), {"reason": "x"}).status_code == 403


def test_a_person_of_another_place_does_not_see_it(shop, client, bo):
    purchase = sent(("LAMP", 6), actor=bo)
    bo.location_codes = ["delhi"]
    bo.save()
    client.force_login(bo)
    assert client.get(at("detail", purchase.number)).status_code == 404
    assert purchase.number not in text(client.get(at("list")))
    assert client.post(at("count", purchase.number), {"step": "scan", "code": "LAMP"}).status_code == 404
