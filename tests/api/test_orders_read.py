"""GET /api/v1/orders and /{number}/details: filters, pages by cursor, and only what the key may see."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from oms.kernel.clock import now, time_is
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.models import Channel, Order
from tests.api.test_orders_api import issue
from tests.stories import placed

URL = "/api/v1/orders"


@pytest.fixture
def key(shop) -> str:
    return issue()


def get(key: str, path: str = "", **query):
    return Client().get(
        f"{URL}{path}?{urlencode(query, doseq=True)}", headers={"Authorization": f"Bearer {key}"} if key else {}
    )


def found(key: str, **query) -> list[str]:
    answer = get(key, **query)
    assert answer.status_code == 200, answer.content
    return [o["number"] for o in answer.json()["orders"]]


def test_filters_narrow_together_and_values_of_one_widen(key, ana):
    plain, paid = placed(("MUG", 1)), placed(("MUG", 1), paid="100.00")
    confirm_order(paid.number, actor=ana)
    paid.refresh_from_db()

    assert found(key) == [paid.number, plain.number]
    assert found(key, stage="new") == [plain.number]
    assert found(key, stage=["new", paid.stage]) == [paid.number, plain.number]
    assert found(key, payment_status="paid", stage="new") == []
    assert found(key, fulfilment_status=plain.fulfilment_status, channel="web", stage="new") == [plain.number]
    assert found(key, channel="other") == []
    assert found(key, q=plain.number.lower()) == [plain.number]


def test_updated_since_finds_what_changed_not_only_what_is_new(key, ana):
    with time_is(now() - timedelta(days=2)):
        old, changed = placed(("MUG", 1)), placed(("MUG", 1))
    since = (now() - timedelta(hours=1)).isoformat()
    assert found(key, updated_since=since) == []
    hold_order(changed.number, reason="address", actor=ana)
    assert found(key, updated_since=since) == [changed.number]
    assert set(found(key, updated_since=(now() - timedelta(days=3)).isoformat())) == {old.number, changed.number}


def test_the_cursor_walks_every_order_once(key):
    numbers = {placed(("LAMP", 1)).number for _ in range(7)}
    seen, cursor = [], ""
    while True:
        page = get(key, limit=3, cursor=cursor).json()
        seen += [o["number"] for o in page["orders"]]
        cursor = page["next"]
        if not cursor:
            break
        placed(("LAMP", 1))  # what arrives meanwhile is newer and moves no page
    assert (len(seen), set(seen)) == (7, numbers)


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsense"},
        {"limit": 0},
        {"limit": "x"},
        {"stage": "nowhere"},
        {"updated_since": "2026-01-01T00:00:00"},
    ],
)
def test_what_cannot_be_read_is_422(key, query):
    answer = get(key, **query)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")


def test_a_page_takes_the_same_number_of_statements_whatever_its_length(key, django_assert_num_queries):
    for _ in range(6):
        placed(("LAMP", 1))
    get(key)
    with django_assert_num_queries(3):  # the key, its user, the page
        get(key)


def test_the_details_hold_lines_holds_shipments_and_money(key, ana):
    order = placed(("MUG", 2), ("KETTLE", 1), paid="100.00")
    hold_order(order.number, reason="address", detail="Which flat?", actor=ana)
    told = get(key, f"/{order.number}/details").json()

    assert [(line["sku"], line["qty_ordered"], line["qty_cancellable"]) for line in told["lines"]] == [
        ("MUG", 2, 2), ("KETTLE", 1, 1),
    ]  # fmt: skip
    assert [(h["reason"], h["detail"], h["owner_team"]) for h in told["holds"]] == [
        ("address", "Which flat?", "support")
    ]
    assert told["shipments"] == []
    assert (told["payments"]["paid"], told["payments"]["balance_due"]) == ("100.0000", "200.0000")
    assert (told["stage"], told["ship_to"]["city"]) == ("on_hold", "Mumbai")


@pytest.mark.parametrize("path", ["", "/{}/details"])
def test_a_key_without_the_scope_or_no_key_reads_nothing(shop, path):
    path = path.format(placed(("MUG", 1)).number)
    assert get(issue(scopes=["orders:write"]), path).status_code == 403
    assert get("", path).status_code == 401


def test_a_key_of_one_channel_sees_no_other(shop):
    Channel.objects.create(code="other", name="Other")
    order = placed(("MUG", 1))
    assert found(issue(channel_code="web")) == [order.number]  # negative control
    bound = issue(channel_code="other")
    assert found(bound) == []
    assert found(bound, channel="web") == []
    assert get(bound, f"/{order.number}/details").status_code == 404


def test_a_key_sees_only_the_channels_of_its_user(shop):
    order, key = placed(("MUG", 1)), issue()
    from oms.access.models import User

    User.objects.filter(username="webshop").update(channel_codes=["other"])
    assert found(key) == []
    assert get(key, f"/{order.number}/details").status_code == 404
    assert Order.objects.count() == 1
