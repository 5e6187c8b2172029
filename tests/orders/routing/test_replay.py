"""The time machine: past orders planned again against the stock of their time, and nothing but its own result written."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from inventory.actions.adjust import receive_stock
from inventory.models import Location, RoutingPolicy, RoutingReplay, RoutingRule
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from orders.actions.cancel import cancel_order
from orders.actions.routing_replay import ask_replay
from orders.replay.past import read_window
from orders.replay.run import run_due
from orders.replay.simulate import simulate
from tests.conftest import make_shop
from tests.fulfilment.steps import on_road, released
from tests.stories import HOME, placed


@pytest.fixture
def old_shop(db):
    """The shop, its shelves filled two months ago."""
    with time_is(now() - timedelta(days=60)):
        return make_shop()


def draft(**rule) -> RoutingPolicy:
    policy = RoutingPolicy.objects.create(version=RoutingPolicy.objects.count() + 1)
    RoutingRule.objects.create(policy=policy, position=1, name="Draft", **rule)
    return policy


def result(policy: RoutingPolicy, actor, days: int = 30) -> RoutingReplay:
    ask_replay(policy.version, days=days, actor=actor)
    assert run_due() == 1
    replay = RoutingReplay.objects.filter(policy=policy).first()
    assert replay.error == ""
    return replay


def test_a_draft_is_shown_with_the_orders_it_moves_and_nothing_else_is_written(shop, olga, bo):
    orders = [placed(("MUG", 2)) for _ in range(4)]
    on_road(released(bo, ("MUG", 1)), bo)
    cancel_order(placed(("KETTLE", 1)).number, reason="duplicate", actor=olga)
    policy = draft(places=["delhi"])
    ask_replay(policy.version, days=30, actor=olga)
    before = everything()
    assert run_due() == 1
    assert everything() == before
    replay = RoutingReplay.objects.get()
    found = replay.result
    # Delhi has 5 mugs: two orders of two move there; the third gets one, the others wait.
    assert (found["orders"], found["before"]["short_orders"], found["moved"]) == (6, 0, 6)
    assert (found["after"]["sent"], found["after"]["short_orders"]) == (3, 4)
    assert (found["known"], found["as_it_was"]) == (6, 6)
    assert {m["number"] for m in replay.moved} >= {o.number for o in orders}
    assert replay.moved[0]["more_short"] > 0, "those that would wait longer come first"
    client = Client()
    client.force_login(olga)
    page = client.get(f"/rules/routing/{policy.version}/").content.decode()
    assert "Routed differently" in page and orders[0].number in page and "Live orders are untouched" in page


def test_figures_of_rules_that_have_changed_say_so(shop, olga):
    placed(("MUG", 2))
    policy, client = draft(places=["delhi"]), Client()
    client.force_login(olga)
    result(policy, olga)

    def page() -> str:
        return client.get(f"/rules/routing/{policy.version}/").content.decode()

    assert "since. These figures" not in page()
    RoutingRule.objects.filter(policy=policy).update(places=["pune"])
    assert f"The rules of v{policy.version} have changed since." in page()
    result(policy, olga)
    assert "since. These figures" not in page()
    other = RoutingPolicy.objects.create(version=policy.version + 1, state="active")
    assert f"v{other.version} has gone live since." in page()


def everything() -> dict[str, list]:
    """Every row of every table but the replays, so that any write shows."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and model is not RoutingReplay:
                cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t ORDER BY 1')
                found[model._meta.db_table] = cursor.fetchall()
    return found


def test_a_write_would_be_noticed(shop):
    """Negative control."""
    before = everything()
    placed(("MUG", 1))
    assert everything() != before


def test_the_stock_of_an_order_is_that_of_its_time(old_shop, olga):
    """What came later was not there yet, and what older orders had been promised was not free."""
    start = now() - timedelta(days=40)
    with time_is(start):
        older = placed(("KETTLE", 4))
    with time_is(now() - timedelta(days=20)):
        early = placed(("KETTLE", 5))
    with time_is(now() - timedelta(days=10)):
        receive_stock("KETTLE", location="delhi", qty=50, source="late truck", actor="system")
    with time_is(now() - timedelta(days=5)):
        late = placed(("KETTLE", 9))
    window = read_window(now() - timedelta(days=30), now())
    assert [o.number for o in window.orders] == [early.number, late.number]
    line, places = older.lines.get(), dict(Location.objects.values_list("code", "pk"))
    assert window.stock[line.product_id, places["pune"]] == 6, "four of ten were promised before"
    assert (line.product_id, places["delhi"]) not in window.stock
    found = result(draft(places=["pune", "delhi"]), olga)
    # Six less five leaves one for the late order in Pune, so all nine come from Delhi, where the truck has been by then.
    assert (found.result["before"]["short_orders"], found.result["moved"]) == (0, 0)


def test_shipped_units_of_older_orders_are_not_free_and_cancelled_ones_are_again(old_shop, olga, bo):
    with time_is(now() - timedelta(days=40)):
        old = released(bo, ("MUG", 4))
    on_road(old, bo)  # leaves within the window
    with time_is(now() - timedelta(days=9)):
        gone = placed(("MUG", 6))
    with time_is(now() - timedelta(days=8)):
        cancel_order(gone.number, reason="duplicate", actor=olga)
    with time_is(now() - timedelta(days=7)):
        then = placed(("MUG", 6))
    found = result(draft(places=["pune"]), olga)
    assert found.result["before"]["short_orders"] == found.result["after"]["short_orders"] == 0
    assert (found.result["moved"], found.result["orders"]) == (0, 2), found.moved
    assert then.number


def test_figures_of_distance_split_and_freight_are_those_of_the_plans(shop, olga):
    Location.objects.filter(code="pune").update(postal_code="411001")
    Location.objects.filter(code="delhi").update(postal_code="110001")
    from decimal import Decimal

    from inventory.models import FreightRate

    for code, amount in (("pune", 40), ("delhi", 90)):
        place = Location.objects.get(code=code)
        FreightRate.objects.create(location=place, country="IN", prefix="", amount=Decimal(amount), currency="INR")
    noida = HOME.__class__(**(asdict(HOME) | {"city": "Noida", "state": "Uttar Pradesh", "postal_code": "201301"}))
    placed(("MUG", 1), ship_to=noida)
    placed(("MUG", 2))
    found = result(draft(strategy="nearest"), olga).result
    assert found["moved"] == 1
    assert found["after"]["km"] < found["before"]["km"] / 2
    assert (found["before"]["freight"], found["after"]["freight"]) == ({"INR": "80.0000"}, {"INR": "130.0000"})


def test_five_thousand_orders_are_replayed(shop, olga):
    """Seconds, not minutes; the figure stands in docs/benchmarks.md, here only that all of them are there."""
    from orders.models import Order
    from tests.safety.copies import copy_orders

    for _ in range(5):
        placed(("MUG", 1))
    copy_orders(Order.objects.all(), 999)
    found = result(draft(places=["delhi", "pune"]), olga)
    assert (found.result["orders"], found.done, found.total) == (5000, 10000, 10000)
    assert found.result["after"]["short_orders"] == found.result["before"]["short_orders"] == 5000 - 15


def test_a_run_that_breaks_off_is_taken_up_again_and_given_up_in_the_end(shop, olga, monkeypatch):
    policy = draft()
    replay = ask_replay(policy.version, days=7, actor=olga)
    with pytest.raises(Refused, match="tried already"):
        ask_replay(policy.version, days=7, actor=olga)
    RoutingReplay.objects.filter(pk=replay.pk).update(seen_at=now(), attempts=1)
    assert run_due() == 0, "another worker has it"
    RoutingReplay.objects.filter(pk=replay.pk).update(seen_at=now() - timedelta(minutes=5), attempts=3)
    assert run_due() == 1
    replay.refresh_from_db()
    assert "given up" in replay.error
    monkeypatch.setattr("orders.replay.run.simulate", lambda *a: 1 / 0)
    assert "An error of the system" in failing(policy, olga).error
    assert simulate is not None


def failing(policy, olga) -> RoutingReplay:
    ask_replay(policy.version, days=7, actor=olga)
    assert run_due() == 1
    return RoutingReplay.objects.filter(policy=policy).first()
