"""POST /api/v1/hooks/{code}: signed, kept once, worked on afterwards, parked with the reason."""

import json

import pytest
from django.test import Client

from oms.intake.inbox import HANDLERS, replay, work_due
from oms.intake.models import Connection, InboundMessage
from oms.intake.signing import secret_of, sign
from oms.kernel.clock import now
from oms.kernel.queue import BACKOFF
from oms.ops.doctor.registry import run_all
from orders.models import Hold, Order
from orders.seeds import seed
from tests.api.test_orders_api import body
from tests.stories import Stock, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shopfront(shop) -> Connection:
    seed()
    return Connection.objects.create(code="shopfront", name="Shopfront", handler="orders", channel_code="web")


def send(connection: Connection, payload, *, message_id="msg-1", at=None, secret=None, client=None, url=None):
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    stamp = int(now().timestamp()) if at is None else at
    headers = {
        "webhook-id": message_id, "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret or secret_of(connection), message_id, stamp, raw),
    }  # fmt: skip
    url = url or f"/api/v1/hooks/{connection.code}"
    return (client or Client()).post(url, raw, content_type="application/json", headers=headers)


def test_the_signature_is_the_one_of_the_standard():
    # The example of standardwebhooks.com, computed with any library that follows it.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_becomes_one_order_however_often_it_is_sent(shopfront):
    payload = body(external_id="W-1")
    for _ in range(5):
        assert send(shopfront, payload).status_code == 202
    work_due()
    send(shopfront, payload, message_id="msg-2")  # the sender forgot that it had sent it
    work_due()
    assert Order.objects.get().external_id == "W-1"
    assert stock_of("MUG") == Stock(on_hand=10, reserved=2)
    first, second = InboundMessage.objects.order_by("pk")
    number = Order.objects.get().number
    assert (first.outcome, second.outcome) == (f"{number} created", f"{number} unchanged")


def test_what_changed_at_the_source_is_taken_over(shopfront):
    send(shopfront, body(external_id="W-1"))
    work_due()
    send(shopfront, body(external_id="W-1", customer_name="Zoya Q"), message_id="msg-2")
    work_due()
    assert Order.objects.get().customer_name == "Zoya Q"
    assert not Hold.objects.filter(reason__key="source_changed").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "whsec_" + "A" * 43 + "="}, "signature_wrong"), ({"at": 1_600_000_000}, "timestamp_stale"),
        ({"message_id": ""}, "signature_missing"), ({"at": -5}, "signature_missing"),
    ],
)  # fmt: skip
def test_what_is_not_signed_by_the_sender_is_refused_and_not_kept(shopfront, change, code):
    answer = send(shopfront, body(), **change)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith(code)
    assert not InboundMessage.objects.exists()


def test_a_changed_body_does_not_carry_the_signature_over(shopfront):
    raw, stamp = b'{"total": "1"}', int(now().timestamp())
    signature = sign(secret_of(shopfront), "m", stamp, raw)
    headers = {"webhook-id": "m", "webhook-timestamp": str(stamp), "webhook-signature": signature}
    forged = Client().post(
        "/api/v1/hooks/shopfront", b'{"total": "9"}', content_type="application/json", headers=headers
    )
    assert forged.status_code == 401


def test_a_new_generation_ends_the_old_secret(shopfront):
    old = secret_of(shopfront)
    Connection.objects.update(generation=2)
    assert send(shopfront, body(), secret=old).status_code == 401


def test_during_a_key_rotation_the_former_secret_still_counts(shopfront, settings):
    former = secret_of(shopfront)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    assert send(shopfront, body(), secret=former).status_code == 202


def test_unknown_and_sleeping_connections_and_huge_bodies_are_refused(shopfront):
    assert send(shopfront, body(), url="/api/v1/hooks/nobody").status_code == 404
    assert send(shopfront, b"x" * (1024 * 1024 + 1)).status_code == 413
    Connection.objects.update(is_active=False)
    assert send(shopfront, body()).status_code == 404


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"\xff", "/:"), (b"[]", "/:"), (b"{}", "/external_id"), ({"lines": [{"sku": "MUG", "qty": 0}]}, "/lines/0/qty"),
        ({"total": "1.00"}, "not the sum of its parts"), ({"\0": 1}, "/\N{SYMBOL FOR NULL}"),
    ],
)  # fmt: skip
def test_what_is_no_order_is_parked_with_the_place_named(shopfront, payload, says):
    send(shopfront, payload if isinstance(payload, bytes) else body(**payload))
    work_due()
    message = InboundMessage.objects.get()
    assert message.status == "parked"
    assert says in message.last_error
    assert [f.subject for f in run_all(["inbox.stuck"])["inbox.stuck"]] == ["msg-1"]


def test_one_bad_message_does_not_stop_the_others(shopfront):
    for i in range(5):
        send(shopfront, b"{" if i == 2 else body(), message_id=f"m-{i}")
    assert work_due() == 5
    assert Order.objects.count() == 4


def test_a_fault_of_ours_is_tried_again_and_parked_in_the_end(shopfront, monkeypatch):
    def broken(message):
        raise ZeroDivisionError("oh")

    monkeypatch.setitem(HANDLERS, "orders", broken)
    send(shopfront, body())
    for _ in BACKOFF:
        assert work_due() == 1
        assert InboundMessage.objects.get().status == "pending"
        assert work_due() == 0  # not due yet
        InboundMessage.objects.update(next_at=now())
    work_due()
    message = InboundMessage.objects.get()
    assert (message.status, message.attempts) == ("parked", 6)
    assert "ZeroDivisionError" in message.last_error
    monkeypatch.undo()
    replay([message.pk])
    work_due()
    assert Order.objects.count() == 1


def test_the_owner_sees_what_is_parked_and_puts_it_back(shopfront, olga, ana):
    send(shopfront, b"<script>alert(1)</script>", message_id="<b>1</b>")
    work_due()
    client = Client()
    client.force_login(olga)
    page = client.get("/inbox/").content.decode()
    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "Try the ticked ones again" in page
    client.post("/inbox/replay/", {"message": [InboundMessage.objects.get().pk]})
    assert InboundMessage.objects.get().status == "pending"
    client.force_login(ana)
    assert client.get("/inbox/").status_code == 403


def test_an_admin_makes_a_connection_and_sees_where_to_send_and_with_which_secret(shop, adam):
    client = Client()
    client.force_login(adam)
    fields = {"code": "site", "name": "Site", "handler": "orders", "channel_code": "web", "is_active": "on"}
    assert client.post("/admin/intake/connection/add/", fields).status_code == 302
    made = Connection.objects.get()
    page = client.get(f"/admin/intake/connection/{made.pk}/change/").content.decode()
    assert "/api/v1/hooks/site" in page
    assert secret_of(made).split("=")[0] in page
    assert "vAddLink" not in page
    bad = client.post("/admin/intake/connection/add/", fields | {"code": "other", "handler": "nonsense"})
    assert bad.status_code == 200
    assert Connection.objects.count() == 1
