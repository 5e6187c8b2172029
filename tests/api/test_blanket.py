"""Blanket orders over HTTP: found, read and released, once per key and never beyond what is open."""

import json
import uuid

import pytest
from django.test import Client

from oms.intake.models import ApiKey
from orders.models import Order
from tests.api.test_orders_api import issue
from tests.conftest import person
from tests.orders.standing.steps import blanket
from tests.stories import stock_of

URL = "/api/v1/blanket"


def send(key: str, path: str = "", payload: dict | None = None, idempotency: str = ""):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency or uuid.uuid4().hex}
    if payload is None:
        return Client().get(URL + path, headers=headers)
    return Client().post(URL + path, json.dumps(payload), content_type="application/json", headers=headers)


def mugs(qty: int, sku: str = "MUG") -> dict:
    return {"lines": [{"sku": sku, "qty": qty}]}


def test_a_part_is_released_once_per_key_until_the_agreement_is_used_up(shop):
    key, made = issue(), blanket(("MUG", 5, "80"))
    path = f"/{made.number}/releases"
    first = send(key, path, mugs(3), "one")
    assert first.status_code == 201, first.content
    assert send(key, path, mugs(3), "one").content == first.content
    order = Order.objects.get()
    assert (order.number, order.total, order.customer_po) == (first.json()["number"], 240, "PO-77")
    assert stock_of("MUG").reserved == 3
    beyond = send(key, path, mugs(3))
    assert (beyond.status_code, beyond.json()["detail"]) == (409, "MUG: 2 of 5 are open, not 3.")
    assert send(key, path, mugs(2)).status_code == 201
    (line,) = send(key, f"/{made.number}").json()["lines"]
    assert (line["agreed"], line["released"], line["open"]) == (5, 5, 0)
    assert send(key).json()["blanket"][0]["lines"] == [line]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (mugs(1, "LAMP"), 409, "LAMP is not part of"),
        ({"lines": mugs(1)["lines"] * 2}, 422, "twice"),
        ({"lines": []}, 422, ""),
    ],
)
def test_what_cannot_be_released_is_refused_with_its_sentence(shop, body, status, says):
    answer = send(issue(), f"/{blanket().number}/releases", body)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True), answer.content
    assert not Order.objects.exists()


def test_who_may_not_and_what_is_not_there(shop):
    key = ApiKey.issue(name="Floor", user=person("wim", "warehouse"), scopes=["orders:read", "orders:write"])[1]
    assert send(key).status_code == 403
    assert send(key, f"/{blanket().number}/releases", mugs(1)).status_code == 403
    assert send(issue(), "/BO-404").status_code == send(issue(), "/BO-404/releases", mugs(1)).status_code == 404


def test_a_missing_key_comes_before_what_is_not_agreed(shop):
    head = {"Authorization": f"Bearer {issue()}"}
    url = f"{URL}/{blanket().number}/releases"
    answer = Client().post(url, json.dumps(mugs(1, "LAMP")), content_type="application/json", headers=head)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:oms:problem:idempotency_key_missing")
