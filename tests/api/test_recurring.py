"""Recurring orders over HTTP: found, read, started, paused, resumed and skipped, once per key, by the same rules."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from oms.events.models import Event
from oms.intake.models import ApiKey
from oms.kernel.clock import business_date
from orders.models import RecurringOrder
from tests.api.test_orders_api import issue
from tests.conftest import person
from tests.orders.standing.steps import make_standing
from tests.stories import placed

URL = "/api/v1/recurring"
pytestmark = pytest.mark.django_db


@pytest.fixture
def body(shop):
    first = business_date() + timedelta(days=3)
    order = placed(("MUG", 1), email="zoya@example.test")
    return {
        "customer_of": order.number, "lines": [{"sku": "MUG", "qty": 2}], "unit": "week", "every": 2,
        "day": first.weekday(), "starts_on": first.isoformat(),
    }  # fmt: skip


def send(key: str, path: str = "", payload: dict | None = None, idempotency: str = "", method: str = "post"):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency or uuid.uuid4().hex}
    raw = {} if method == "get" else {"data": json.dumps(payload or {}), "content_type": "application/json"}
    return getattr(Client(), method)(URL + path, headers=headers, **raw)


def test_a_schedule_is_started_once_read_paused_resumed_and_a_day_of_it_skipped(body):
    key = issue()
    made = send(key, "", body, "one")
    assert made.status_code == 201, made.content
    number, first = made.json()["number"], made.json()["next_on"]
    assert made.json()["rhythm"].startswith("every 2 weeks on")
    assert send(key, "", body, "one").content == made.content
    assert RecurringOrder.objects.get().ship_to["city"] == "Mumbai"
    assert send(key, f"/{number}/pause", {"reason": "Holidays"}).json()["status"] == "paused"
    assert send(key, f"/{number}/pause").status_code == 409
    assert send(key, f"/{number}/resume").json()["status"] == "active"
    skipped = send(key, f"/{number}/skip", {"on": first})
    assert skipped.json()["next_on"] > first
    assert send(key, f"/{number}/skip", {"on": "2020-01-01"}).status_code == 409
    assert send(key, f"/{number}", method="get").json() == skipped.json()
    event = Event.objects.get(stream=number, name="recurring.paused")
    assert (event.actor_kind, event.actor_name) == ("integration", "Webshop")


def test_what_cannot_be_is_refused_with_its_sentence(body):
    key = issue()
    for changes, status, words in (
        ({"day": 9}, 422, "is 0 to 6"), ({"ends_on": "2020-01-01"}, 422, "before the first"), ({"customer_of": "SO-404"}, 404, "SO-404"),
        ({"lines": [{"sku": "NOBODY", "qty": 1}]}, 409, "no product"), ({"lines": []}, 422, "shape"),
    ):  # fmt: skip
        answer = send(key, "", body | changes)
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.content
    assert not RecurringOrder.objects.exists()
    assert send(key, "/RO-404", method="get").status_code == 404


def test_a_missing_key_comes_before_everything_else_and_unknown_addresses_answer_programs(body):
    head = {"Authorization": f"Bearer {issue()}"}
    for path in ("", "/RO-1/pause", "/RO-1/resume"):
        payload = body | {"customer_of": "SO-1"} if not path else {}
        answer = Client().post(URL + path, json.dumps(payload), content_type="application/json", headers=head)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:oms:problem:idempotency_key_missing")
    nowhere = Client().get("/api/v1/nowhere", headers=head)
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "urn:oms:problem:address_unknown")
    assert nowhere["Content-Type"] == "application/problem+json"


def test_the_list_is_narrowed_paged_and_shut_to_keys_without_scope_role_or_channel(shop, ana):
    make_standing(ana)
    key = issue()
    seen = send(key, "?limit=2", method="get").json()
    rest = send(key, f"?limit=2&cursor={seen['next']}", method="get").json()
    assert len(seen["recurring"] + rest["recurring"]) == RecurringOrder.objects.count() == 3
    assert [r["status"] for r in send(key, "?status=paused", method="get").json()["recurring"]] == ["paused"]
    (stuck,) = send(key, "?failing=yes", method="get").json()["recurring"]
    assert "price" in stuck["failure"]
    assert send(key, "?cursor=x", method="get").status_code == 422
    other = issue(channel_code="elsewhere")
    assert send(other, "", method="get").json()["recurring"] == []
    assert send(other, f"/{stuck['number']}/pause").status_code == 404
    assert send(issue(scopes=["orders:read"]), f"/{stuck['number']}/pause").status_code == 403
    packer = person("packer", "warehouse")
    floor = ApiKey.issue(name="Floor", user=packer, scopes=["orders:read", "orders:write"])[1]
    assert send(floor, "", method="get").status_code == 403
