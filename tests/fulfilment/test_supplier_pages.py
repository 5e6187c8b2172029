"""What suppliers send, as people see it: the set-up, the list, the work page, the messages, the API, and the doctor."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, Shipment
from inventory.actions.adjust import receive_stock
from inventory.actions.purchases.supplier import keep_items
from inventory.documents.purchase import purchase_pdf
from inventory.ledger import Posting
from inventory.ledger import post as book
from inventory.models import Location, PurchaseLine, PurchaseOrder, StockLevel, SupplierItem
from inventory.purchasing import load_purchase
from notifications.actions.send import send_due_messages
from notifications.models import OutgoingMessage
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.split import split_order
from orders.amending.change import Change
from orders.models import Order
from tests.api.test_orders_api import issue
from tests.api.test_supply_api import SCOPES, get, post
from tests.conftest import person
from tests.fulfilment.dropping import at_supplier, offered, released, told
from tests.fulfilment.pdftext import pages
from tests.fulfilment.steps import sick
from tests.inventory.buying import supplier
from tests.orders.amending.steps import amended, qty
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def test_a_supplier_is_set_up_and_tells_figures_on_the_page_and_by_file(shop, client, bo):
    client.force_login(bo)
    supplier("acme", name="Acme Pottery")
    url = reverse("purchases:drop-shipping", args=["acme"])
    refused = client.post(url, {"what": "terms", "lines": "LAMP, own first"})
    assert refused.status_code == 422
    assert "put it on their list first" in text(refused)
    keep_items(supplier(), [("LAMP", "AP-1", 60, 1), ("MUG", "", 20, 1)])
    assert client.post(url, {"what": "terms", "lines": "LAMP, sometimes"}).status_code == 422
    lines = "LAMP, own first, 3, 2\nMUG, supplier only"
    client.post(url, {"what": "terms", "lines": lines, "ships_to": "in, au"})
    item = SupplierItem.objects.get(product__sku="LAMP")
    assert (item.drop_ship, item.lead_days, item.min_qty, item.supplier.ships_to) == ("own_first", 3, 2, ["AU", "IN"])
    place = Location.objects.get(supplier__code="acme")
    assert (place.kind, place.is_active) == ("drop_ship", True)
    assert "no limit" in text(client.get(url))
    file = SimpleUploadedFile("stock.csv", b"code;qty\nAP-1;7\nMUG;\n")
    assert "Noted what they have" in text(client.post(url, {"what": "figures", "file": file}, follow=True))
    item.refresh_from_db()
    assert (item.stock, item.stock_at is not None) == (7, True)
    assert client.post(url, {"what": "figures", "figures": "LAMP, 3\nMUG, many"}).status_code == 422
    assert "Acme Pottery sends it: 7 left" in text(client.get(reverse("inventory:product", args=[item.product_id])))
    assert "And from suppliers" in text(client.get(reverse("orders:atp", args=[item.product_id])))
    client.post(url, {"what": "terms", "lines": ""})
    place.refresh_from_db()
    assert not place.is_active
    assert sick() == {}


def test_the_work_is_done_on_its_page_and_everybody_is_written_to(shop, client, bo, cy, mailoutbox):
    offered("LAMP", figure=9)
    order = released(("LAMP", 3), ("KETTLE", 1))
    fo = at_supplier(order)
    client.force_login(cy)
    page, steps = reverse("fulfilment:work", args=[fo.number]), reverse("fulfilment:supplier-steps", args=[fo.number])
    assert "Purchasing does that" in text(client.get(page))
    assert "Only Warehouse" in text(client.post(steps, {"step": "send"}, follow=True))
    client.force_login(bo)
    assert "Send them the order" in text(client.get(page))
    assert "goes to Acme" in text(client.post(steps, {"step": "send"}, follow=True))
    assert "Ask them to stop" in text(client.get(page))
    listed = text(client.get(reverse("fulfilment:supplier-work") + "?view=ship"))
    assert fo.number in listed
    shown = text(client.get(f"/orders/{order.number}/"))
    assert "With the supplier" in shown
    assert f"{fo.purchase.number}, expected" in shown
    assert order.number in text(client.get("/orders/?view=all&supplier=on"))
    assert client.get(reverse("purchases:detail", args=[fo.purchase.number])).status_code == 200
    client.post(steps, {"step": "confirm", "on": "2001-01-01"})
    assert not PurchaseLine.objects.filter(is_confirmed=True).exists()
    client.post(steps, {"step": "ship", "qty-LAMP": "2", "carrier": "own", "tracking_number": "AWB-9"})
    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.tracking_number, shipment.lines.get().qty) == ("picked_up", "AWB-9", 2)
    rest = at_supplier(order)
    again_steps = reverse("fulfilment:supplier-steps", args=[rest.number])
    client.force_login(cy)
    client.post(again_steps, {"step": "stop", "reason": "Customer wants two only"})
    client.force_login(bo)
    assert "asked to stop: Customer wants two only" in text(client.get(reverse("fulfilment:work", args=[rest.number])))
    client.post(again_steps, {"step": "stopped"})
    assert again(order).supplier_told == 0
    assert rest.number in text(client.get(reverse("fulfilment:supplier-work") + "?view=answer"))

    deliver_due()
    OutgoingMessage.objects.update(next_at=again(order).placed_at)
    send_due_messages()
    mails = {mail.subject: mail for mail in mailoutbox}
    asked = mails[f"Order {fo.purchase.number}: please send it to our customer"]
    assert asked.to == ["orders@acme.test"]
    assert "3 × A-LAMP Desk lamp" in asked.body
    assert "12 Example Road" in asked.body
    assert "100.00" not in asked.body
    assert asked.attachments[0][0] == f"{fo.purchase.number}.pdf"
    assert "zoya@example.test" not in asked.body
    assert f"Please stop our order {fo.purchase.number}" in mails
    assert "AWB-9" in mails[f"Your order {order.number} is on its way"].body
    pdf = " ".join(pages(purchase_pdf(load_purchase(bo, fo.purchase.number))))
    assert "Send to our customer" in pdf
    assert sick() == {}


def test_a_supplier_without_an_address_is_said_and_sent_to_again_later(shop, bo):
    offered("LAMP", email="")
    told(released(("LAMP", 1)), bo)
    deliver_due()
    message = OutgoingMessage.objects.get(template_key="fulfilment.supplier_told")
    assert (message.status, "send the PDF yourself" in message.error) == ("skipped", True)


def test_the_same_over_http(shop):
    person("webshop", "warehouse")
    key = issue(scopes=SCOPES)
    offered("LAMP", "KETTLE", when="supplier_only")
    assert post(key, "/suppliers/acme/stock", {"figures": [{"sku": "NONE", "qty": 1}]}).status_code == 409
    told_ = post(key, "/suppliers/acme/stock", {"figures": [{"sku": "A-LAMP", "qty": 5}]}).json()
    assert [(o["sku"], o["available"]) for o in told_["offers"]] == [("KETTLE", None), ("LAMP", 5)]
    order = released(("LAMP", 4), ("KETTLE", 2))
    fo = at_supplier(order)
    at = f"/supplier-work/{fo.number}"
    assert get(key, at).json()["step"] == "order"
    assert (
        post(key, f"{at}/parcels", {"carrier": "own", "tracking_number": "T"})
        .json()["detail"]
        .startswith("Nobody asked")
    )
    assert post(key, f"{at}/sending").json()["step"] == "ship"
    assert post(key, f"{at}/confirmation", {"on": "2001-01-01"}).status_code == 409
    refused = {"reason": "Sold out", "lines": [{"sku": "KETTLE", "qty": 2}], "none_left": True}
    assert [x["sku"] for x in post(key, f"{at}/refusal", refused).json()["lines"]] == ["LAMP"]
    assert again(order).qty_backordered == 2
    stopping = post(key, f"{at}/stop", {"reason": "Wrong colour"}).json()
    assert (stopping["step"], stopping["owner"]) == ("stop", "Purchasing")
    assert post(key, f"{at}/stop-answer", {"can_stop": False}).status_code == 409
    assert post(key, f"{at}/stop-answer", {"can_stop": False, "reason": "Gone"}).json()["step"] == "ship"
    left = post(
        key, f"{at}/parcels", {"carrier": "own", "tracking_number": "T-9", "lines": [{"sku": "LAMP", "qty": 3}]}
    )
    assert (left.json()["status"], len(left.json()["parcels"])) == ("dispatched", 1)
    waiting = get(key, "/supplier-work?supplier=acme").json()["work"]
    assert [(w["order"], w["lines"][0]["qty"]) for w in waiting] == [(order.number, 1)]
    assert get(key, "/supplier-work/FO-404").status_code == 404
    assert get(key, "/atp?sku=LAMP&channel=web").json()["suppliers"][0]["available"] == 1
    assert sick() == {}


def test_a_new_address_reaches_the_draft_and_never_goes_past_the_supplier(shop, ana, bo):
    offered("LAMP")
    order = released(("LAMP", 2))
    moved = Change("address", address={**order.ship_to, "line1": "9 Other Lane"})
    order = amended(order, moved, qty(order, 3, sku="LAMP"), actor=ana)
    fo = at_supplier(order)
    assert (fo.purchase.ship_to["line1"], fo.lines.get().qty, fo.purchase.lines.get().qty) == ("9 Other Lane", 3, 3)
    order = amended(order, qty(order, 2, sku="LAMP"), actor=ana)
    assert at_supplier(order).purchase.lines.get().qty == 2
    assert sick() == {}
    told(order, bo)
    back = Change("address", address={**order.ship_to, "line1": "1 New Lane"})
    with pytest.raises(Refused, match="asked to send FO-.* to the old address"):
        amended(again(order), back, actor=ana)
    with pytest.raises(Refused, match="Ask them to stop first"):
        amended(again(order), qty(order, 1, sku="LAMP"), actor=ana)
    with pytest.raises(Refused, match="Ask them to stop first"):
        split_order(
            order.number,
            quantities={order.lines.get().pk: 1},
            reason="Two parcels",
            actor=ana,
            seen=again(order).version,
        )
    more = amended(again(order), qty(order, 4, sku="LAMP"), actor=ana)
    assert [fo.purchase.status for fo in FulfilmentOrder.objects.filter(order=more).order_by("pk")] == ["sent", "draft"]
    assert sick() == {}


def test_a_split_order_takes_its_own_purchase_order(shop, ana):
    offered("LAMP")
    order = released(("LAMP", 3))
    split_order(
        order.number, quantities={order.lines.get().pk: 1}, reason="Two parcels", actor=ana, seen=again(order).version
    )
    both = PurchaseOrder.objects.order_by("pk")
    assert [(p.order_number == order.number, p.lines.get().qty) for p in both] == [(True, 2), (False, 1)]
    assert sick() == {}


def test_orders_without_such_products_ask_no_more_than_before(shop, read_once):
    placed(("MUG", 1))
    with CaptureQueriesContext(connection) as plain:
        placed(("MUG", 1))
    offered("LAMP")
    placed(("MUG", 1))  # the routes are read anew once
    with CaptureQueriesContext(connection) as beside:
        placed(("MUG", 1))
    assert len(beside) == len(plain)


FAULTS = (
    (lambda fo: PurchaseOrder.objects.update(order_number="SO-9"), "fulfilment.drop_ship", "for SO-9"),
    (lambda fo: FulfilmentOrder.objects.update(purchase=None), "fulfilment.drop_ship", "nothing was ordered"),
    (lambda fo: FulfilmentOrderLine.objects.update(purchase_line=None), "fulfilment.drop_ship", "on no line"),
    (
        lambda fo: PurchaseLine.objects.update(qty=7),
        "fulfilment.drop_ship",
        "7 ordered and 0 sent, its work says 2 and 0",
    ),
    (
        lambda fo: Location.objects.filter(pk=fo.location_id).update(kind="store"),
        "fulfilment.drop_ship",
        "in a place of ours",
    ),
    (lambda fo: Order.objects.update(supplier_told=0), "fulfilment.supplier_units", "order says 2 at suppliers and 0"),
)


def test_doctor_names_what_is_wrong_with_it(shop):
    offered("LAMP")
    fo = told(released(("LAMP", 2)))
    assert sick() == {}
    for plant, check, says in FAULTS:
        with transaction.atomic():
            plant(fo)
            assert any(says in finding.detail for finding in run_all([check])[check]), says
            transaction.set_rollback(True)


def test_stock_of_ours_cannot_lie_at_a_supplier(shop):
    place = offered("LAMP").place
    level = StockLevel.objects.filter(product__sku="MUG").first()
    with pytest.raises(Refused, match="no location"):
        receive_stock("MUG", location=place.code, qty=1, source="x", actor="system")
    with pytest.raises(Refused, match="not our stock"), transaction.atomic():
        book([Posting(level.product_id, place.pk, on_hand=1)], kind="receipt", source="x", actor="system")
    Location.objects.filter(pk=level.location_id).update(kind="drop_ship")
    assert any("at a supplier" in finding.detail for finding in run_all()["suppliers.no_stock"])
