"""Cancel, cancel a part, hold, clear and note over HTTP: the actions people have, once per key, by the same rules."""

import json
import uuid

import pytest
from django.test import Client

from oms.access.models import User
from oms.events.models import Event
from orders.actions.hold import hold_order
from orders.checking.rulebook import forget
from orders.models import Channel, Hold, MovePolicy, Note, Order, Priority, PriorityRule
from tests.api.test_orders_api import body, issue, post
from tests.api.test_orders_read import get
from tests.conftest import person
from tests.stories import Stock, placed, said, stock_of

CANCEL = {"reason": "out_of_stock", "note": "Supplier closed"}


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 4))


@pytest.fixture
def key(order) -> str:
    person("webshop", "sales", "support")
    return issue()


def send(key: str, path: str, payload, idempotency: str | None = None):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency or uuid.uuid4().hex}
    return Client().post(
        f"/api/v1/orders/{path}", json.dumps(payload), content_type="application/json", headers=headers
    )


def every(order: Order) -> list[tuple[str, dict]]:
    """Each endpoint with a body it accepts."""
    held = Hold.objects.filter(order=order).first()
    line = order.lines.get().pk
    return [
        (f"{order.number}/cancellation", CANCEL),
        (f"{order.number}/remainder", {"reason": "other", "lines": [{"line": line, "qty": 1}]}),
        (f"{order.number}/holds", {"reason": "address"}),
        (f"{order.number}/holds/{held.pk if held else 1}/clearance", {"note": "Found"}),
        (f"{order.number}/priority", {"priority": "urgent"}),
        (f"{order.number}/tags", {"add": ["gift"], "remove": []}),
        (f"{order.number}/notes", {"text": "Ring twice"}),
    ]


def test_cancelling_frees_the_stock_and_answers_where_it_stands(key, order):
    answer = send(key, f"{order.number}/cancellation", CANCEL)
    assert (answer.status_code, answer.json()["status"], answer.json()["stage"]) == (200, "cancelled", "cancelled")
    assert stock_of("MUG") == Stock(on_hand=10)
    event = Event.objects.get(stream=order.number, name="orders.cancelled")
    assert (event.actor_kind, event.actor_name, event.actor_user.username) == ("integration", "Webshop", "webshop")


def test_cancelling_a_part_lowers_what_is_owed(key, order):
    lines = [{"line": order.lines.get().pk, "qty": 3}]
    answer = send(key, f"{order.number}/remainder", {"reason": "out_of_stock", "lines": lines})
    assert answer.status_code == 200
    order.refresh_from_db()
    assert (order.qty_cancelled, str(order.amount_due)) == (3, "100.0000")
    too_many = send(key, f"{order.number}/remainder", {"reason": "out_of_stock", "lines": lines})
    assert (too_many.status_code, too_many.json()["type"]) == (409, "urn:oms:problem:too_many")
    assert "MUG: 1 of 4" in too_many.json()["detail"]
    twice = send(key, f"{order.number}/remainder", {"reason": "other", "lines": [lines[0] | {"qty": 1}] * 2})
    assert twice.status_code == 422


def test_a_hold_stops_and_its_clearance_lets_go(key, order):
    assert send(key, f"{order.number}/holds", {"reason": "address", "detail": "Flat?"}).json()["stage"] == "on_hold"
    again = send(key, f"{order.number}/holds", {"reason": "address"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:oms:problem:already_held")
    hold = Hold.objects.get()
    assert (hold.placed_by, hold.detail) == ("Webshop", "Flat?")
    assert send(key, f"{order.number}/holds/{hold.pk}/clearance", {}).json()["stage"] == "new"
    assert send(key, f"{order.number}/holds/{hold.pk}/clearance", {}).status_code == 409


def test_a_note_names_the_user_of_the_key(key, order):
    assert send(key, f"{order.number}/notes", {"text": "Ring twice"}).status_code == 200
    assert Note.objects.get().author.username == "webshop"
    assert send(key, f"{order.number}/notes", {"text": "  "}).status_code == 409
    assert Note.objects.count() == 1


@pytest.mark.parametrize("which", range(6))
def test_the_same_key_and_body_acts_once_and_gives_the_same_bytes(key, order, ana, which):
    hold_order(order.number, reason="credit", actor=ana)
    path, payload = every(order)[which]
    first = send(key, path, payload, idempotency="k")
    before = said(order)
    second = send(key, path, payload, idempotency="k")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 200
    assert second["Idempotent-Replay"] == "true"
    assert said(order) == before
    assert send(key, path, payload | {"reason": "else"}, idempotency="k").status_code == 422


@pytest.mark.parametrize("which", range(6))
def test_nobody_else_may(key, order, which):
    Channel.objects.create(code="other", name="Other")
    path, payload = every(order)[which]
    before = said(order)
    for bad, status in (
        (issue(scopes=["orders:read"]), 403), (issue(channel_code="other"), 404), ("oms_wrong", 401),
    ):  # fmt: skip
        answer = send(bad, path, payload)
        assert answer.status_code == status
        assert answer["Content-Type"].startswith("application/problem+json")
    assert send(key, path.replace(order.number, "SO-404"), payload).status_code == 404
    assert said(order) == before


@pytest.mark.parametrize(("which", "move"), [(0, "cancel"), (1, "cancel_remainder"), (2, "hold"), (3, "clear_hold")])
def test_the_move_policy_of_the_keys_user_holds(key, order, ana, which, move):
    hold_order(order.number, reason="credit", actor=ana)
    policy = MovePolicy.objects.get(machine="order", move=move)
    policy.roles = ["finance"]
    policy.save()
    path, payload = every(order)[which]
    answer = send(key, path, payload)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:oms:problem:not_your_move")
    assert answer.json()["detail"] == "Only Finance may do this. Ask them or an admin."
    User.objects.filter(username="webshop").update(roles=["finance"])
    assert send(key, path, payload).status_code == 200  # negative control


def test_a_refusal_is_kept_for_its_key_and_changes_nothing(key, order):
    send(key, f"{order.number}/cancellation", CANCEL)
    first = send(key, f"{order.number}/cancellation", CANCEL, idempotency="k")
    second = send(key, f"{order.number}/cancellation", CANCEL, idempotency="k")
    assert first.status_code == second.status_code == 409
    assert first.content == second.content
    assert first.json()["detail"].endswith(".")
    assert send(key, f"{order.number}/holds", {"reason": "nonsense"}).status_code == 409


def test_without_an_idempotency_key_nothing_happens(key, order):
    headers = {"Authorization": f"Bearer {key}"}
    for path, payload in every(order):
        answer = Client().post(f"/api/v1/orders/{path}", json.dumps(payload), "application/json", headers=headers)
        assert answer.status_code == 400
    assert said(order) == ["orders.placed"]


def test_priority_is_set_at_placement_read_and_changed_and_no_rule_overrules_it(key, order):
    PriorityRule.objects.create(name="All", is_on=True, priority=Priority.HIGH)
    forget()
    sent = body(priority="low")
    asked, by_rule = post(key, sent).json()["number"], post(key, body()).json()["number"]
    told = [get(key, f"/{path}").json() for path in (asked, f"{by_rule}/details")]
    assert [(t["priority"], t["priority_why"]) for t in told] == [("low", ""), ("high", "All")]
    assert Event.objects.get(stream=asked, name="orders.placed").payload["label"] == "Low, as it was asked for"
    # The same content is the same order, another priority is another content.
    assert [post(key, sent | {"priority": p}).status_code for p in ("low", "urgent")] == [200, 409]

    answer = send(key, f"{asked}/priority", {"priority": "urgent"})
    assert (answer.status_code, answer.json()["priority"]) == (200, "urgent")
    assert send(key, f"{asked}/priority", {"priority": "urgent"}).json()["type"].endswith("same_priority")
    assert send(key, f"{asked}/priority", {"priority": "asap"}).status_code == 422
    assert send(key, f"{asked}/cancellation", CANCEL).status_code == 200
    assert send(key, f"{asked}/priority", {"priority": "low"}).json()["type"].endswith("not_open")
    forget()
