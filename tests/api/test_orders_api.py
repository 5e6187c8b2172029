"""POST /api/v1/orders and /batch: once per key, errors that point at the field, one answer per order."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from django.test import Client

from oms.access.models import User
from oms.intake.models import ApiKey, IdempotencyKey
from orders.models import Order
from tests.conftest import make_shop, person
from tests.stories import Stock, stock_of

URL, BATCH = "/api/v1/orders", "/api/v1/orders/batch"


def body(**changes) -> dict:
    fields = {
        "channel": "web", "external_id": uuid.uuid4().hex, "placed_at": "2026-03-17T09:14:00+05:30", "currency": "INR",
        "customer_name": "Zoya P", "email": "zoya@example.test", "total": "200.00",
        "ship_to": {"line1": "12 Example Road", "city": "Mumbai", "country": "IN"},
        "lines": [{"sku": "MUG", "qty": 2, "unit_price": "100.00"}],
    }  # fmt: skip
    return fields | changes


@pytest.fixture
def key(shop) -> str:
    return issue()


def issue(**fields) -> str:
    user = User.objects.filter(username="webshop").first() or person("webshop", "sales")
    return ApiKey.issue(
        name="Webshop", user=user, scopes=fields.pop("scopes", ["orders:read", "orders:write"]), **fields
    )[1]


def post(key: str, payload, url: str = URL, idempotency: str | None = None, client: Client | None = None):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency or uuid.uuid4().hex}
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return (client or Client()).post(url, raw, content_type="application/json", headers=headers)


def test_an_order_is_created_with_stock_reserved(key):
    answer = post(key, body())

    assert answer.status_code == 201
    order = Order.objects.get(number=answer.json()["number"])
    assert (order.status, order.stage, str(order.total)) == ("new", "new", "200.0000")
    assert stock_of("MUG") == Stock(on_hand=10, reserved=2)


def test_the_same_key_and_body_gives_the_same_bytes_and_one_order(key):
    payload = body()
    first, second = (post(key, payload, idempotency="k-1") for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second["Idempotent-Replay"] == "true"
    assert Order.objects.count() == 1


def test_the_same_key_with_another_body_is_422(key):
    post(key, body(), idempotency="k-1")
    answer = post(key, body(), idempotency="k-1")

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("idempotency_key_reused")
    assert Order.objects.count() == 1


def test_a_missing_key_is_refused(key):
    answer = Client().post(
        URL, json.dumps(body()), content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "rupees"}, "/currency"),
        ({"lines": []}, "/lines"),
        ({"lines": [{"sku": "MUG", "qty": 0, "unit_price": "1"}]}, "/lines/0/qty"),
        ({"lines": [{"sku": "MUG", "qty": 1, "unit_price": "-1"}]}, "/lines/0/unit_price"),
        ({"total": "199.99"}, "/total"),
        ({"placed_at": "yesterday"}, "/placed_at"),
        ({"surprise": 1}, "/surprise"),
        ({"external_id": ""}, "/external_id"),
    ],
)
def test_errors_point_at_the_field(key, change, pointer):
    answer = post(key, body(**change))

    assert answer.status_code == 422
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]
    assert Order.objects.count() == 0
    assert stock_of("MUG") == Stock(on_hand=10)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"\x00"', b"\xff\xfe", b"null"])
def test_broken_json_is_a_problem_not_a_crash(key, raw):
    assert post(key, raw).status_code in (400, 422)


def test_a_nul_character_is_refused(key):
    assert post(key, body(customer_name="Zo\x00ya")).status_code == 422


def test_a_batch_answers_per_order(key):
    good, twice, bad = body(), body(), body(total="1.00")
    answer = post(key, {"orders": [good, twice, bad, twice]}, BATCH).json()["orders"]

    assert [a["outcome"] for a in answer] == ["created", "created", "refused", "unchanged"]
    assert answer[3]["number"] == answer[1]["number"]
    assert answer[2]["errors"][0]["pointer"] == "/total"
    assert Order.objects.count() == 2


def test_an_external_id_seen_before_is_not_stored_twice(key):
    payload = body()
    first = post(key, payload).json()
    same, changed = post(key, payload), post(key, payload | {"note": "ring twice"})

    assert same.status_code == 200
    assert same.json()["number"] == first["number"]
    assert changed.status_code == 409


def test_without_a_valid_key_nothing_is_said(shop):
    for bad in ("", "oms_wrong"):
        answer = post(bad, body())
        assert answer.status_code == 401
    assert Order.objects.count() == 0


def test_scope_and_channel_of_the_key_bind(shop):
    assert post(issue(scopes=["orders:read"]), body()).status_code == 403
    assert post(issue(channel_code="other"), body()).status_code == 403
    key = issue()
    ApiKey.objects.update(is_active=False)
    assert post(key, body()).status_code == 401


def test_reading_an_order_gives_the_answer(key):
    number = post(key, body()).json()["number"]
    answer = Client().get(f"{URL}/{number}", headers={"Authorization": f"Bearer {key}"}).json()

    assert (answer["stage"], answer["owner_team"], answer["next_text"]) == ("new", "sales", "Confirm the order")


def test_the_contract_is_published(key):
    answer = Client().get("/api/v1/openapi.json")
    assert {"/api/v1/orders", "/api/v1/orders/batch"} <= set(answer.json()["paths"])


def test_the_contract_says_of_every_operation_how_it_refuses_and_what_makes_it_safe_to_repeat(key):
    for path, operations in Client().get("/api/v1/openapi.json").json()["paths"].items():
        for method, told in operations.items():
            needed = {p["name"] for p in told.get("parameters", ()) if p["in"] == "header" and p["required"]}
            assert needed == ({"Idempotency-Key"} if method != "get" and "/hooks/" not in path else set()), path
            assert {"401", "422", "default"} <= told["responses"].keys()
            ours = told["responses"].keys() - {"200", "201", "202", "204", "207", "414"}  # 414 is the web server's own
            for status in ours:
                assert "application/problem+json" in told["responses"][status]["content"]


@pytest.mark.parametrize("moment", [1700000000, "1700000000", "0.5", "2026-03-17", "2026-03-17T09:14:00"])
def test_a_moment_is_written_out_with_its_offset(key, moment):
    answer = post(key, body(placed_at=moment))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/placed_at")


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_eight_simultaneous_posts_make_one_order():
    make_shop()
    key, payload = issue(), body()

    def send(_):
        try:
            return post(key, payload, idempotency="same", client=Client())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert Order.objects.count() == 1
    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.content for a in answers if a.status_code == 201}) == 1
    assert IdempotencyKey.objects.count() == 1


def test_a_database_that_is_away_is_said_as_a_problem_to_repeat(key):
    """The connection dies under the request, as when the database is restarted."""

    def cut_off():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def send():
        try:
            with suppress(OperationalError):
                cut_off()
            return post(key, body())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as web:
        answer = web.submit(send).result()

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (answer.json()["type"], answer["Retry-After"]) == ("urn:oms:problem:database_away", "5")
    assert "Traceback" not in answer.content.decode()


def test_a_currency_that_does_not_exist_is_refused(key):
    answer = post(key, body(currency="RUP"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/currency")
    assert not Order.objects.exists()
