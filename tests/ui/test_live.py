"""Open pages are told what changed through Redis: after commit, about their own orders only, without the database."""

import json
import time

import pytest
import redis
from django.db import transaction
from django.test import Client

from oms.live import feed, here, store
from oms.live.watch import watch
from oms.ops.services import redis_url
from orders.actions.note import add_note
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_feed():
    store_of_redis = redis.Redis.from_url(redis_url())
    store_of_redis.delete(feed.KEY, *store_of_redis.keys(here.KEY.format("*")))
    yield
    store._paused_until = 0.0


def ask(seen, since: str = ""):
    return Client().get("/live/", {"token": seen.token, "since": since or seen.place})


@pytest.fixture
def on_screen(shop, ana):
    """An order Ana looks at, one she does not, and her page's watch."""
    order, other = placed(), placed()
    return order, other, watch(ana, feed.place_now(), [order.number])


def test_nothing_changed_is_one_empty_answer_without_a_query(on_screen, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = ask(on_screen[2])
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_change_on_the_page_is_told_with_who_made_it(on_screen, cy, django_assert_num_queries):
    order, _, seen = on_screen
    add_note(order.number, text="Call back", actor=cy)
    with django_assert_num_queries(0):
        answer = ask(seen)
    told = answer.json()
    assert (told["changed"], told["by"], told["others"]) == ([order.number], "Cy", True)
    assert ask(seen, told["since"]).status_code == 204


def test_orders_that_are_not_on_the_page_are_not_named(on_screen, cy):
    _, other, seen = on_screen
    add_note(other.number, text="x", actor=cy)
    answer = ask(seen)
    assert answer.status_code == 204
    assert ask(seen, answer["X-Live-Since"]).status_code == 204


def test_ones_own_change_is_no_news_by_somebody(on_screen, ana):
    order, _, seen = on_screen
    add_note(order.number, text="x", actor=ana)
    assert (ask(seen).json()["others"], ask(seen).json()["by"]) == (False, "")


def test_what_is_rolled_back_is_never_told(on_screen, cy):
    order, _, seen = on_screen

    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        add_note(order.number, text="x", actor=cy)
        raise Undone
    assert ask(seen).status_code == 204


def test_a_home_is_told_that_anything_changed_and_not_what(on_screen, ana, cy):
    order, _, seen = on_screen
    home = watch(ana, seen.place, anything=True)
    add_note(order.number, text="x", actor=cy)
    assert (ask(home).json()["changed"], ask(home).json()["by"]) == ([], "")


@pytest.mark.parametrize(
    ("token", "since", "status"),
    [("", "0-0", 403), ("forged", "0-0", 403), (None, "", 400), (None, "x", 400), (None, "9" * 40 + "-0", 400)],
)
def test_only_what_the_server_signed_is_answered(on_screen, token, since, status):
    given = on_screen[2].token if token is None else token
    assert Client().get("/live/", {"token": given, "since": since}).status_code == status


def test_a_page_that_slept_too_long_or_missed_too_much_reads_everything_anew(on_screen, cy, monkeypatch):
    _, other, seen = on_screen
    add_note(other.number, text="x", actor=cy)
    monkeypatch.setattr(feed, "READ", 1)
    assert ask(seen).json()["others"] is True
    monkeypatch.undo()
    assert ask(seen, "1-0").json()["others"] is True


def test_without_redis_everything_works_and_only_the_news_stop(on_screen, ana, monkeypatch):
    order, _, seen = on_screen
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    add_note(order.number, text="Still works", actor=ana)
    assert order.notes.count() == 1
    assert ask(seen).status_code == 503
    client = signed_in(ana)
    for page in ("/orders/", f"/orders/{order.number}/", "/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "data-live=" not in answer.content.decode()


def test_pages_carry_their_watch_only_while_redis_is_there(on_screen, ana):
    client = signed_in(ana)
    for page in ("/orders/", f"/orders/{on_screen[0].number}/", "/"):
        assert "data-live=" in client.get(page).content.decode()


def test_two_people_on_one_order_see_each_other_until_one_leaves(on_screen, ana, cy, monkeypatch):
    order, other, _ = on_screen
    page = f"/orders/{order.number}/"
    first, second = signed_in(ana), signed_in(cy)
    assert first.get(page).context["watch"].others == []
    shown = second.get(page)
    assert shown.context["watch"].others == ["Ana has it open"]
    assert "Ana has it open." in shown.content.decode()
    mine = first.get(f"{page}edit/").context["watch"]
    assert mine.others == ["Cy has it open"]
    assert json.loads(ask(shown.context["watch"])["X-Live-Here"]) == ["Ana has it open and is editing it"]
    assert second.get(f"/orders/{other.number}/").context["watch"].others == []
    assert "X-Live-Here" not in ask(watch(ana, feed.place_now(), [order.number]))  # a list tells nobody who reads it

    later = time.time() + here.SECONDS + 1
    monkeypatch.setattr(here.time, "time", lambda: later)
    assert json.loads(ask(mine)["X-Live-Here"]) == []
