"""WF-26: the status board shows the list's rows by stage, under the list's own views and filters."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions.confirm import confirm_order
from orders.board import CARDS
from orders.states import StageKey
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


def board(client, query: str = "") -> dict:
    return {c.stage.key: c for c in client.get(f"/orders/board/?{query}").context["board"]}


def test_every_order_of_the_list_is_in_the_column_of_its_stage(shop, ana):
    fresh, unpaid, held = placed(), placed(), placed()
    client = signed_in(ana)
    confirm_order(unpaid.number, actor=ana)
    client.post(f"/orders/{held.number}/holds/", {"reason": "address"})
    columns = board(client)
    assert {key: [o.number for o in c.orders] for key, c in columns.items() if c.orders} == {
        "new": [fresh.number], "payment_pending": [unpaid.number], "on_hold": [held.number],
    }  # fmt: skip
    flow = [key for key in columns if key in StageKey.values]
    assert flow.index("new") < flow.index("payment_pending") < flow.index("ready_to_pack") < flow.index("packed")


def test_views_filters_and_visibility_of_the_list_apply(shop, ana):
    placed()
    held = placed()
    client = signed_in(ana)
    client.post(f"/orders/{held.number}/holds/", {"reason": "address"})
    assert list(board(client, "stage=on_hold")) == ["on_hold"]
    assert not any(c.orders for c in board(client, "q=nobody").values())
    assert [c.count.value for c in board(client, "view=blocked").values() if c.count] == [1]
    outsider = person("oz", "sales", channel_codes=["elsewhere"])
    assert not any(c.count for c in board(signed_in(outsider), "view=all").values())
    assert client.get("/orders/board/?stage=nope").status_code == 200


def test_a_column_is_capped_and_leads_to_the_list_with_the_same_filters(shop, ana):
    for _ in range(CARDS + 2):
        placed(("LAMP", 1))
    client = signed_in(ana)
    column = board(client, "view=all&channel=web")["new"]
    assert (len(column.orders), column.count.value, column.hidden) == (CARDS, CARDS + 2, True)
    assert column.url == "/orders/?view=all&channel=web&stage=new"
    assert client.get(column.url).context["total"].value == CARDS + 2


def test_a_card_offers_its_move_or_says_why_not(shop, ana, bo):
    order = placed()
    card = board(signed_in(bo))["new"].orders[0]
    assert "Only Sales" in card.card_move.reasons[0].message
    client = signed_in(ana)
    card = board(client)["new"].orders[0]
    assert card.card_move.reasons == ()
    answer = client.post(card.card_move.url, {"back": "/orders/board/?view=open"})
    assert answer["Location"] == "/orders/board/?view=open"
    assert again(order).status == "confirmed"


def test_the_board_costs_the_same_number_of_queries_however_many_orders(shop, ana, read_once):
    client = signed_in(ana)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/orders/board/?view=all")
        return len(found)

    placed()
    asked()
    one = asked()
    for i in range(6):
        confirm_order(placed().number, actor=ana) if i % 2 else placed()
    assert asked() <= one + 1  # a second kind of move on screen is one question
