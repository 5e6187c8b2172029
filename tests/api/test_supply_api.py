"""Stock, purchase orders and transfers over HTTP: the actions people have, once per key, by the same rules."""

import json
import uuid

import pytest
from django.test import Client

from inventory.actions.buffer import keep_back
from inventory.models import Assembly, Product, PurchaseOrder, Transfer
from oms.intake.models import ApiKey
from oms.kernel.clock import business_date
from tests.api.test_orders_api import issue
from tests.conftest import person
from tests.fulfilment.steps import sick
from tests.inventory.buying import incoming, supplier
from tests.stories import placed, stock_of

SCOPES = ["supply:read", "supply:write"]


@pytest.fixture
def key(shop) -> str:
    person("webshop", "warehouse")
    return issue(scopes=SCOPES)


def get(key: str, path: str):
    return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"})


def post(key: str, path: str, payload=None, once: str = ""):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": once or uuid.uuid4().hex}
    return Client().post(f"/api/v1{path}", json.dumps(payload or {}), content_type="application/json", headers=headers)


def test_a_purchase_order_from_the_draft_to_the_shelf(key):
    supplier()
    body = {"supplier": "acme", "location": "pune", "lines": [{"sku": "LAMP", "qty": 10, "unit_cost": "40.00"}]}
    made = post(key, "/purchases", body, once="k-1")
    assert (made.status_code, made.json()["status"], made.json()["lines"][0]["qty_open"]) == (201, "draft", 10)
    again = post(key, "/purchases", body, once="k-1")
    assert (again.content, again["Idempotent-Replay"], PurchaseOrder.objects.count()) == (made.content, "true", 1)
    at = f"/purchases/{made.json()['number']}"
    assert post(key, f"{at}/sending").json()["status"] == "sent"
    assert incoming("LAMP") == 10
    wrong = post(key, f"{at}/receipts", {"lines": [{"sku": "LAMP", "qty": 4}, {"sku": "MUG", "qty": 1}]})
    assert (wrong.status_code, wrong.json()["detail"]) == (409, f"MUG is not on {made.json()['number']}.")
    assert stock_of("LAMP").on_hand == 0, "all of it or nothing"
    part = {"lines": [{"sku": "LAMP", "qty": 4}], "reference": "DN-77"}
    assert post(key, f"{at}/receipts", part).json()["status"] == "part_received"
    assert (stock_of("LAMP").on_hand, incoming("LAMP")) == (4, 6)
    over = post(key, f"{at}/receipts", {"lines": [{"sku": "LAMP", "qty": 9}]})
    assert (over.status_code, over.json()["type"]) == (409, "urn:oms:problem:over_delivered")
    assert post(key, f"{at}/receipts", {"lines": [{"sku": "LAMP", "qty": 6}]}).json()["status"] == "received"
    assert get(key, at).json()["lines"][0]["qty_received"] == 10
    listed = get(key, "/purchases?status=received&supplier=acme&limit=1").json()
    assert [p["number"] for p in listed["purchases"]] == [made.json()["number"]]
    assert post(key, "/purchases", {**body, "lines": [{"sku": "NONE", "qty": 1}]}).status_code == 409
    assert get(key, "/purchases/PO-404").status_code == post(key, "/purchases/PO-404/sending").status_code == 404
    assert sick() == {}


def test_a_transfer_that_cannot_leave_is_not_kept_and_one_that_can_arrives(key):
    body = {"source": "pune", "location": "delhi", "eta": str(business_date()), "send": True}
    refused = post(key, "/transfers", {**body, "lines": [{"sku": "MUG", "qty": 11}]})
    assert (refused.status_code, Transfer.objects.count()) == (409, 0)
    made = post(key, "/transfers", {**body, "lines": [{"sku": "MUG", "qty": 3}]}).json()
    assert (made["status"], stock_of("MUG").on_hand, incoming("MUG", "delhi")) == ("sent", 7, 3)
    at = f"/transfers/{made['number']}"
    assert post(key, f"{at}/receipts", {"lines": [{"sku": "MUG", "qty": 3}]}).json()["status"] == "received"
    assert stock_of("MUG", "delhi").on_hand == 8
    draft = post(key, "/transfers", {**body, "send": False, "lines": [{"sku": "MUG", "qty": 1}]}).json()
    assert post(key, f"/transfers/{draft['number']}/sending").json()["status"] == "sent"
    assert len(get(key, "/transfers?source=pune").json()["transfers"]) == 2
    assert get(key, at).json()["lines"] == [{"sku": "MUG", "qty": 3, "qty_received": 3, "qty_lost": 0, "qty_open": 0}]
    assert sick() == {}


def test_stock_and_what_a_channel_may_promise(key):
    placed(("MUG", 2))
    keep_back("MUG", channel="web", qty=4, actor="system")
    levels = get(key, "/stock?sku=MUG").json()["levels"]
    assert [(x["location"], x["on_hand"], x["reserved"], x["available"]) for x in levels] == [
        ("delhi", 5, 0, 5), ("pune", 10, 2, 8),
    ]  # fmt: skip
    first = get(key, "/stock?limit=1").json()
    assert get(key, f"/stock?limit=1&cursor={first['next']}").json()["levels"] != first["levels"]
    atp = get(key, "/atp?sku=MUG&channel=web&days=1").json()
    assert (atp["available"], atp["kept_back"], [d["qty"] for d in atp["days"]]) == (13, 4, [9, 9])
    assert get(key, "/atp?sku=MUG&channel=nowhere").status_code == 404
    assert get(key, "/stock?cursor=x").status_code == 422


def test_a_kit_is_made_read_and_changed_and_nobodys_change_is_lost(key):
    Product.objects.create(sku="TEA/SET 1", name="Tea set", price=250)
    parts = [{"sku": "MUG", "qty": 2}, {"sku": "KETTLE", "qty": 1}]
    made = post(key, "/kits", {"sku": "TEA/SET 1", "parts": parts}, once="k-1").json()
    assert (made["recipe"], made["available"]) == ("1 × KETTLE, 2 × MUG", 5)
    assert made["places"] == [
        {"location": "pune", "qty": 5, "limits": ["MUG"]}, {"location": "delhi", "qty": 0, "limits": ["KETTLE"]},
    ]  # fmt: skip
    assert get(key, "/kits/TEA%2FSET%201").json() == made == get(key, "/kits?component=MUG").json()["kits"][0]
    assert get(key, "/kits?component=LAMP").json()["kits"] == []
    assert get(key, "/kits/MUG").status_code == 404
    old = post(key, "/kits", {"sku": "TEA/SET 1", "parts": parts[:1], "seen": "3 × MUG"})
    assert (old.status_code, old.json()["type"]) == (409, "urn:oms:problem:recipe_moved")
    changed = post(key, "/kits", {"sku": "TEA/SET 1", "parts": parts[:1], "seen": made["recipe"]}).json()
    assert (changed["recipe"], changed["available"]) == ("2 × MUG", 7)
    wrong = post(key, "/kits", {"sku": "MUG", "parts": [{"sku": "NONE", "qty": 1}]}).json()
    assert "There is no SKU NONE" in wrong["detail"] and "component of TEA/SET 1" in wrong["detail"]
    assert post(key, "/kits", {"sku": "TEA/SET 1", "parts": []}).json()["recipe"] == ""
    assert sick() == {}


def test_an_assembly_from_the_plan_to_the_shelf(key):
    day = str(business_date())
    body = {"sku": "LAMP", "qty": 3, "location": "pune", "eta": day, "parts": [{"sku": "MUG", "qty": 2}]}
    made = post(key, "/assemblies", body, once="a-1")
    assert (made.status_code, made.json()["status"], incoming("LAMP")) == (201, "planned", 3)
    assert post(key, "/assemblies", body, once="a-1").json()["number"] == made.json()["number"]
    assert incoming("LAMP") == 3, "once"
    at = f"/assemblies/{made.json()['number']}"
    assert "Begin it first" in post(key, f"{at}/units", {"qty": 1}).json()["detail"]
    assert post(key, f"{at}/day", {"eta": "2020-01-31", "reason": "Glue dries"}).json()["eta"] == "2020-01-31"
    assert [a["number"] for a in get(key, "/assemblies?overdue=true").json()["assemblies"]] == [made.json()["number"]]
    assert post(key, f"{at}/beginning").json()["status"] == "started"
    assert stock_of("MUG").on_hand == 4
    assert post(key, f"{at}/cancellation", {"reason": "No"}).status_code == 409
    assert post(key, f"{at}/units", {"qty": 4}).json()["detail"].endswith("Enter 1 to 3.")
    assert post(key, f"{at}/units", {"qty": 2}).json()["qty_open"] == 1
    closed = post(key, f"{at}/closing", {"reason": "A mug broke"}).json()
    assert (closed["status"], stock_of("LAMP").on_hand, stock_of("MUG").on_hand) == ("closed", 2, 6)
    kettles = post(key, "/assemblies", body | {"parts": [{"sku": "KETTLE", "qty": 9}], "start": True})
    assert (kettles.status_code, Assembly.objects.count()) == (409, 1), "what cannot begin is not planned either"
    again = post(key, "/assemblies", {**body, "parts": [], "qty": 1}).json()
    assert again["parts"] == [{"sku": "MUG", "qty": 2}], "made of what it was the last time"
    assert (
        post(key, f"/assemblies/{again['number']}/cancellation", {"reason": "Enough"}).json()["status"] == "cancelled"
    )
    assert len(get(key, "/assemblies?status=closed&sku=LAMP&location=pune").json()["assemblies"]) == 1
    assert get(key, "/assemblies/AS-404").status_code == post(key, "/assemblies/AS-404/beginning").status_code == 404
    elsewhere = ApiKey.issue(name="Delhi", user=person("del", "warehouse", location_codes=["delhi"]), scopes=SCOPES)[1]
    assert post(elsewhere, "/assemblies", body).status_code == 409
    assert get(elsewhere, at).status_code == 404
    assert sick() == {}


def test_scopes_and_roles_bind_the_key(key):
    orders_only = issue(scopes=["orders:read", "orders:write"])
    sales = ApiKey.issue(name="Desk", user=person("desk", "sales"), scopes=SCOPES)[1]
    supplier()
    body = {"supplier": "acme", "location": "pune", "lines": [{"sku": "LAMP", "qty": 1}]}
    for path in ("/stock", "/atp?sku=MUG&channel=web", "/purchases", "/transfers", "/kits", "/assemblies"):
        assert get(orders_only, path).json()["type"] == "urn:oms:problem:scope_missing", path
        assert get(sales, path).status_code == 200, path
    assert post(orders_only, "/purchases", body).json()["type"] == "urn:oms:problem:scope_missing"
    assert post(sales, "/purchases", body).json()["type"] == "urn:oms:problem:permission_missing"
    assert post(key, "/purchases", body).status_code == 201
    assert post(sales, "/kits", {"sku": "LAMP", "parts": []}).json()["type"] == "urn:oms:problem:permission_missing"
