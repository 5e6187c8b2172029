"""Amending over HTTP: preview, then apply once on the version that was previewed."""

import pytest

from orders.actions.hold import hold_order
from orders.models import Amendment, MovePolicy, Order
from tests.api.test_orders_api import issue
from tests.api.test_orders_work import send
from tests.conftest import person
from tests.stories import again, placed


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 4))


@pytest.fixture
def key(order) -> str:
    person("webshop", "sales")
    return issue()


def body(order: Order, qty: int = 6, **more) -> dict:
    line = order.lines.get(sku="MUG").pk
    return {"reason": "Customer called", "lines": [{"line": line, "qty": qty}]} | more


def kind(answer) -> str:
    """Which problem the answer is, without its common beginning."""
    return answer.json()["type"].rpartition(":")[2]


def test_preview_changes_nothing_and_apply_does_what_it_said_once(key, order):
    seen = send(key, f"{order.number}/amendments", body(order, preview=True, add=[{"sku": "LAMP", "qty": 1}]))
    assert seen.status_code == 200, seen.content
    effects = seen.json()
    assert (effects["amount_before"], effects["amount"], effects["refusals"]) == ("400.0000", "700.0000", [])
    assert [(e["sku"], e["qty"], e["short"]) for e in effects["lines"]] == [("MUG", 6, 0), ("LAMP", 1, 1)]
    assert (again(order).qty_ordered, Amendment.objects.count()) == (4, 0)

    wanted = body(order, add=[{"sku": "LAMP", "qty": 1}], version=effects["version"])
    first = send(key, f"{order.number}/amendments", wanted, "same-key")
    second = send(key, f"{order.number}/amendments", wanted, "same-key")
    assert (first.status_code, first.content) == (201, second.content)
    assert first.json()["amount"] == "700.0000"
    assert (again(order).qty_ordered, Amendment.objects.count()) == (7, 1)


def test_a_moved_order_is_a_conflict_and_leaves_no_draft(key, order, ana):
    version = again(order).version
    hold_order(order.number, reason="address", actor=ana)
    answer = send(key, f"{order.number}/amendments", body(order, version=version))
    assert (answer.status_code, kind(answer)) == (409, "order_moved")
    assert not Amendment.objects.exists()
    assert again(order).qty_ordered == 4


def test_what_is_missing_or_not_allowed_is_said(key, order):
    assert kind(send(key, f"{order.number}/amendments", body(order))) == "version_missing"
    version = again(order).version
    answer = send(key, f"{order.number}/amendments", {"reason": "x", "version": version})
    assert (answer.status_code, kind(answer)) == (409, "nothing_changed")
    MovePolicy.objects.update_or_create(machine="order", move="amend_price", defaults={"roles": ["owner"]})
    answer = send(key, f"{order.number}/amendments", {"reason": "x", "version": version, "shipping": "5"})
    assert (answer.status_code, kind(answer)) == (403, "not_your_move")
    assert send(key, "SO-404/amendments", body(order, version=1)).status_code == 404
