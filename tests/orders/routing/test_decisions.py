"""Every choice of a place is kept with its reasons, shown as the engine made it, and made by the live policy."""

import re
from dataclasses import asdict
from html import unescape

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from fulfilment.actions.reject import reject_work
from fulfilment.actions.short import short_pick
from fulfilment.models import FulfilmentOrder
from inventory.actions.adjust import receive_stock
from inventory.decisions import KEPT, why_here
from inventory.models import Location, RoutingDecision, RoutingPolicy, RoutingRule, StockLevel
from inventory.routebook import live_policy, world
from inventory.routing.plan import Demand, plan_order
from oms.events.relay import deliver_due
from orders.actions.allocate import serve_waiting
from orders.sending import facts_of
from tests.fulfilment.steps import on_road, picking, released, work_of
from tests.stories import HOME, again, placed, stock_of


def live(*rules: dict, **fields) -> RoutingPolicy:
    """A live policy of these rules."""
    policy = RoutingPolicy.objects.create(version=RoutingPolicy.objects.count() + 1, state="active", **fields)
    for position, rule in enumerate(rules, start=1):
        RoutingRule.objects.create(policy=policy, position=position, **({"name": f"Rule {position}"} | rule))
    return policy


def decided(order) -> list[tuple[str, str, list[str]]]:
    rows = RoutingDecision.objects.filter(order_number=order.number).order_by("pk")
    return list(rows.values_list("occasion", "rule_name", "places"))


def test_without_a_policy_the_order_of_places_decides_and_says_so(shop):
    order = placed(("MUG", 2), ("LAMP", 1))
    row = RoutingDecision.objects.get(order_number=order.number)
    assert (row.policy_id, row.rule_name, row.places, row.occasion) == (None, "Order of places", ["pune"], "placed")
    assert [(code, verdict) for code, _, verdict, *_ in row.considered] == [("pune", "chosen"), ("delhi", "possible")]
    assert row.short == {str(order.lines.get(sku="LAMP").pk): 1}


def test_the_live_policy_chooses_and_a_change_of_it_counts_at_once(shop):
    policy = live({"name": "Goods from Delhi", "places": ["delhi"]})
    assert decided(placed(("MUG", 1))) == [("placed", "Goods from Delhi", ["delhi"])]
    rule = policy.rules.get()
    rule.places = ["pune"]
    rule.save()
    assert decided(placed(("MUG", 1)))[0][2] == ["pune"]
    policy.state = "retired"
    policy.save()
    assert decided(placed(("MUG", 1))) == [("placed", "Order of places", ["pune"])]


def test_the_nearest_place_is_found_by_the_postal_code(shop):
    Location.objects.filter(code="pune").update(postal_code="411001")
    Location.objects.filter(code="delhi").update(postal_code="110001")
    live({"strategy": "nearest"})
    noida = HOME.__class__(**(asdict(HOME) | {"city": "Noida", "state": "Uttar Pradesh", "postal_code": "201301"}))
    assert decided(placed(("MUG", 1), ship_to=noida))[0][2] == ["delhi"]
    assert decided(placed(("MUG", 1)))[0][2] == ["pune"]
    row = RoutingDecision.objects.latest("pk")
    assert 60 < row.considered[0][4] < 180, "Pune to Mumbai is some 120 km as the crow flies"


def test_the_panel_shows_what_the_engine_said(shop, ana):
    Location.objects.create(code="goa", name="Goa store", rank=3)
    Location.objects.create(code="surat", name="Surat", rank=4, open_days=[])
    live(
        {"name": "Far away", "conditions": [{"field": "country", "test": "is", "value": "AU"}]},
        {"name": "Most", "strategy": "most_stock", "places": ["pune", "delhi", "goa"], "min_percent": 50},
    )  # fmt: skip
    receive_stock("MUG", location="surat", qty=50, source="x", actor="system")
    before = {
        (s.product_id, s.location_id): s.available
        for line in ("MUG", "KETTLE")
        for s in StockLevel.objects.filter(product__sku=line)
    }
    order = placed(("MUG", 4), ("KETTLE", 3))
    lines = list(order.lines.all())
    demands = [Demand(line.pk, line.product_id, line.qty_ordered) for line in lines]
    places = list(world().places.values())
    engine = plan_order(
        demands, places, before, facts=facts_of(order, order.channel), policy=live_policy(), world=world()
    )
    (why,) = why_here(order.number, {line.product_id: line.sku for line in lines})
    sku = {line.product_id: line.sku for line in lines}
    assert [(x.name, x.chosen, x.detail, x.units, [(s, t, w) for s, t, w in x.short]) for x in why.looked] == [
        (c.place.name, c.verdict == "chosen", c.detail, c.has, [(sku[p], there, want) for p, there, want in c.short])
        for c in engine.candidates
    ]  # fmt: skip
    assert (why.reason, why.rule, why.rule_position) == (engine.reason, engine.rule.name, 2)
    client = Client()
    client.force_login(ana)
    page = unescape(
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(f"/orders/{order.number}/").content.decode()))
    )
    expected = (
        "Why here?", "Pune has everything", "Rule 2, Most, policy v1", "KETTLE stock 0 < 3", "20 in stock",
        "Not among the rule's places", "None of it in stock", "Rule 1, Far away: not so: Ship-to country is one of AU",
    )  # fmt: skip
    for words in expected:
        assert words in page, words


def test_a_refusal_asks_the_live_policy_again_and_never_the_same_place(shop, bo, olga):
    order = released(bo, ("MUG", 2))
    live({"name": "Always Pune first", "places": ["pune", "delhi"]})
    reject_work(work_of(order).number, reason="Flooded", actor=bo)
    assert decided(order)[-1] == ("rejected", "Always Pune first", ["delhi"])
    (why, *_) = why_here(order.number, {})
    assert [(x.name, x.verdict) for x in why.looked] == [("Delhi", "Sends"), ("Pune", "Refused this order before")]
    client = Client()
    client.force_login(olga)
    other = FulfilmentOrder.objects.get(order=order, location__code="delhi")
    ended = FulfilmentOrder.objects.get(order=order, location__code="pune").number
    assert "Refused this order before" in client.get(f"/warehouse/{ended}/").content.decode()
    reject_work(other.number, reason="Fire", actor=bo)
    assert decided(order)[-1] == ("rejected", "Always Pune first", [])
    assert again(order).qty_backordered == 2


def test_a_short_pick_goes_by_the_live_policy_too(shop, bo):
    Location.objects.create(code="goa", name="Goa", rank=9)
    receive_stock("MUG", location="goa", qty=5, source="x", actor="system")
    order = released(bo, ("MUG", 3))
    live({"name": "Goa helps", "places": ["goa"]})
    short_pick(picking(order, bo).number, code="MUG", qty=1, reason="not_found", actor=bo)
    assert decided(order)[-1] == ("short", "Goa helps", ["goa"])
    assert stock_of("MUG", "goa").allocated == 1


def test_stock_that_arrives_is_given_by_the_policy_and_kept_as_such(shop):
    order = placed(("LAMP", 1))
    receive_stock("LAMP", location="delhi", qty=1, source="x", actor="system")
    serve_waiting("LAMP", actor="system")
    assert [d[0] for d in decided(order)] == ["placed", "arrived"]


def test_a_place_takes_no_more_orders_than_its_capacity_that_day(shop):
    pune = Location.objects.get(code="pune")
    pune.orders_per_day = 2
    pune.save()
    live({"name": "All"})
    assert [decided(placed(("MUG", 1)))[0][2] for _ in range(3)] == [["pune"], ["pune"], ["delhi"]]
    verdict = RoutingDecision.objects.latest("pk").considered[-1]
    assert (verdict[0], verdict[3]) == ("pune", "2 of 2 orders today")


def test_of_two_hundred_places_the_best_are_kept_and_the_rest_counted(shop):
    Location.objects.bulk_create(Location(code=f"l{i}", name=f"L {i}", rank=i + 5) for i in range(198))
    row = RoutingDecision.objects.get(order_number=placed(("MUG", 1)).number)
    assert (len(row.considered), row.others) == (KEPT, {"empty": 200 - KEPT})


def test_a_decision_is_never_changed(shop):
    row = RoutingDecision.objects.get(order_number=placed(("MUG", 1)).number)
    row.reason = "Because"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        row.save()


def test_the_rest_of_an_order_is_planned_by_itself_once_a_parcel_has_left(shop, bo):
    """Delhi has too small a part of the whole for the rule, and all of the rest: nobody waits for a delivery that need not come."""
    live({"name": "Most of it", "min_percent": 50})
    receive_stock("LAMP", location="delhi", qty=3, source="van", actor=bo)
    deliver_due()
    order = released(bo, ("KETTLE", 5), ("LAMP", 1))
    deliver_due()
    assert (again(order).qty_backordered, work_of(order).location.code) == (1, "pune")
    on_road(order, bo)
    deliver_due()
    assert FulfilmentOrder.objects.get(order=order, status="open").location.code == "delhi"
    assert again(order).qty_backordered == 0
