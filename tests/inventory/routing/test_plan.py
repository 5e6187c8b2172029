"""Routing by itself: which place sends, why the others do not, and who shares when nobody has everything."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.routing.conditions import holds, wrong
from inventory.routing.facts import Condition, Demand, Facts, Otherwise, Place, Policy, Rule, Split, Strategy, World
from inventory.routing.plan import plan_order
from tests.inventory.routing.world import (
    CHENNAI,
    DELHI,
    KETTLE,
    KOCHI,
    LAMP,
    MUG,
    PERTH,
    PUNE,
    plan,
    rate,
    sent,
    verdicts,
    when,
)

EVERYWHERE = {(MUG, code): 9 for code in ("pune", "delhi", "kochi", "perth")}


@pytest.mark.parametrize(
    ("rule", "point", "first"),
    [
        (Rule(1, "r", places=("delhi", "pune")), None, "delhi"),
        (Rule(1, "r", strategy=Strategy.NEAREST), CHENNAI, "kochi"),
        (Rule(1, "r", strategy=Strategy.NEAREST), (-33.9, 151.2), "perth"),
        (Rule(1, "r", strategy=Strategy.NEAREST), None, "pune"),  # nobody knows where it goes: the order of places
        (Rule(1, "r", strategy=Strategy.CHEAPEST), None, "kochi"),
        (Rule(1, "r", strategy=Strategy.MOST_STOCK), None, "delhi"),
        (Rule(1, "r", strategy=Strategy.FEWEST_SPLITS), None, "pune"),
        (Rule(1, "r", strategy=Strategy.REGION), None, "kochi"),
    ],
)
def test_each_strategy_puts_its_own_place_first(rule, point, first):
    freight = {PUNE.id: (rate(PUNE, "", "60"),), KOCHI.id: (rate(KOCHI, "68", "40"), rate(KOCHI, "", "90"))}
    facts = Facts("web", "IN", "Kerala", "682001", frozenset(), Decimal(9), "INR")
    found = plan(rule, stock=EVERYWHERE | {(MUG, "delhi"): 50}, point=point, freight=freight, facts=facts)
    assert sent(found) == {first: 1}


def test_one_place_with_everything_goes_before_a_nearer_one_with_part():
    stock = {(MUG, "pune"): 1, (MUG, "delhi"): 5, (LAMP, "delhi"): 1}
    nearest = Rule(1, "Nearest", strategy=Strategy.NEAREST)
    wants = ((MUG, 2), (LAMP, 1))
    assert sent(plan(nearest, stock=stock, wants=wants)) == {"delhi": 3}
    assert sent(plan(replace(nearest, split=Split.FREE), stock=stock, wants=wants)) == {"pune": 1, "delhi": 2}


def test_a_split_takes_the_fewest_places_not_the_fullest_first():
    """Delhi has most, but with it three parcels leave; Pune and Kochi do it in two."""
    stock = {
        (MUG, "delhi"): 3, (LAMP, "delhi"): 3, (KETTLE, "delhi"): 0, (MUG, "pune"): 4, (LAMP, "kochi"): 4, (KETTLE, "kochi"): 1,
    }  # fmt: skip
    found = plan(stock=stock, wants=((MUG, 4), (LAMP, 4), (KETTLE, 1)))
    assert sent(found) == {"pune": 4, "kochi": 5}
    assert found.reason == "split over 2 places: Pune, Kochi"
    one = plan(Rule(1, "One", split=Split.NEVER), stock=stock, wants=((MUG, 4), (LAMP, 4), (KETTLE, 1)))
    assert (sent(one), one.short) == ({"delhi": 6}, {1: 1, 2: 1, 3: 1})
    two = plan(Rule(1, "Two", split=Split.FREE, max_places=1), stock=stock, wants=((MUG, 4), (LAMP, 4), (KETTLE, 1)))
    assert sent(two) == {"pune": 4}


def test_every_place_says_why_not():
    sunday = datetime(2026, 3, 15, 6, tzinfo=UTC)
    facts = Facts("web", "IN", "Maharashtra", "400001", frozenset(), Decimal(9), "INR", sunday)
    rule = Rule(
        1,
        "r",
        strategy=Strategy.NEAREST,
        places=("pune", "delhi", "kochi"),
        max_km=1300,
        only_open=True,
        min_percent=50,
    )
    stock = EVERYWHERE | {(MUG, "pune"): 1}
    found = plan(rule, stock=stock, wants=((MUG, 4),), facts=facts, load={DELHI.id: 3})
    assert verdicts(found) == {"pune": "short", "delhi": "chosen", "kochi": "closed", "perth": "rule"}
    details = {c.place.code: (c.detail, c.short) for c in found.candidates}
    assert details["pune"] == ("1 of 4 units; the rule asks 50 %", ((MUG, 1, 4),))
    assert details["kochi"][0] == "on Sundays"
    near = plan(replace(rule, max_km=400), stock=stock, wants=((MUG, 1),), excluded={PUNE.id})
    assert verdicts(near) == {"pune": "refused", "delhi": "far", "kochi": "far", "perth": "rule"}
    assert near.short == {1: 1}


def test_a_place_at_its_capacity_is_passed_over():
    full = replace(PUNE, orders_per_day=2)
    asked = [Demand(1, MUG, 1)]
    stock = {(MUG, 1): 5, (MUG, 2): 5}
    busy = World({1: full, 2: DELHI}, load={1: 2})
    assert plan_order(asked, (full, DELHI), stock, world=busy).places == (2,)
    assert plan_order(asked, (full, DELHI), stock, world=World({}, load={1: 1})).places == (1,)


def test_after_closing_time_a_place_is_closed_before_it_is_not():
    rule = Rule(1, "r", only_open=True)
    for hour, code in ((3, "kochi"), (12, "kochi"), (13, "delhi")):  # UTC; 18:00 in Kochi is 12:30
        at = datetime(2026, 3, 16, hour, 0 if hour != 13 else 1, tzinfo=UTC)
        facts = Facts("web", "IN", at=at)
        assert sent(plan(replace(rule, places=("kochi", "delhi")), stock=EVERYWHERE, facts=facts)) == {code: 1}


def test_the_first_rule_that_fits_and_finds_a_place_wins():
    rules = (
        Rule(1, "Australia", (when("country", "is", "AU"),), places=("perth",)),
        Rule(2, "Big", (when("total", "least", "INR 500"),), places=("kochi",)),
        Rule(3, "Rest"),
    )
    found = plan(*rules, stock={(MUG, "pune"): 1})
    assert (found.rule.name, sent(found)) == ("Rest", {"pune": 1})
    assert [(p.position, p.why) for p in found.passed] == [
        (1, "not so: Ship-to country is one of AU"), (2, "no place may send anything by it"),
    ]  # fmt: skip
    waits = plan(rules[0], replace(rules[1], otherwise=Otherwise.WAIT), rules[2], stock={(MUG, "pune"): 1})
    assert (waits.rule.name, waits.short, sent(waits)) == ("Big", {1: 1}, {})


def test_no_rule_and_no_stock_leave_everything_waiting_and_say_so():
    none = plan(Rule(1, "Australia", (when("country", "is", "AU"),)), stock=EVERYWHERE)
    assert (none.reason, none.short, none.candidates) == ("no rule fits this order", {1: 1}, ())
    empty = plan(stock={})
    assert (empty.reason, set(verdicts(empty).values())) == ("nobody has stock", {"empty"})


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        (("channel", "is", "web, bazaar"), True), (("channel", "is_not", "WEB"), False), (("state", "is", "goa"), False),
        (("state", "is", " maharashtra "), True), (("postal_code", "starts", "40, 41"), True),
        (("postal_code", "starts", "5"), False), (("tag", "is", "gift"), True), (("tag", "is_not", "gift,vip"), False),
        (("total", "least", "INR 900"), True), (("total", "least", "INR 900.01"), False),
        (("total", "below", "INR 50,000"), True), (("total", "least", "AUD 1"), False), (("total", "below", "AUD 9999"), False),
    ],
)  # fmt: skip
def test_what_a_condition_asks(condition, true):
    facts = Facts("web", "IN", "Maharashtra", "400001", frozenset({"Gift"}), Decimal(900), "INR")
    assert wrong(Condition(*condition)) == ""
    assert holds(Condition(*condition), facts) is true


@pytest.mark.parametrize(
    "condition", [("total", "least", "lots"), ("total", "least", "900"), ("total", "is", "INR 9"), ("state", "is", " , "),
                  ("colour", "is", "red"), ("total", "least", "INR Infinity"), ("tag", "starts", "g")],
)  # fmt: skip
def test_a_condition_that_cannot_be_asked_is_told_so(condition):
    assert wrong(Condition(*condition)).endswith(".")


ORDERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), min_size=1, max_size=5)
STOCKS = st.dictionaries(st.tuples(st.integers(1, 4), st.integers(1, 6)), st.integers(-2, 8))
RULES = st.builds(
    Rule, st.just(1), st.just("r"), strategy=st.sampled_from(Strategy), split=st.sampled_from(Split),
    min_percent=st.integers(0, 100), max_places=st.none() | st.integers(1, 4), otherwise=st.sampled_from(Otherwise),
)  # fmt: skip


@given(ORDERS, STOCKS, RULES, st.sets(st.integers(1, 6)))
def test_whatever_the_rule_nothing_is_lost_made_up_or_taken_where_it_is_not(wants, stock, rule, excluded):
    places = [Place(i, f"p{i}", f"P{i}", "IN", point=(float(i), 70.0)) for i in range(1, 7)]
    demands = [Demand(i, product, qty) for i, (product, qty) in enumerate(wants)]
    found = plan_order(demands, places, stock, policy=Policy((rule,)), point=(3.0, 71.0), excluded=excluded)
    taken: dict[tuple[int, int], int] = {}
    for a in found.assignments:
        assert a.qty > 0
        taken[a.product_id, a.location_id] = taken.get((a.product_id, a.location_id), 0) + a.qty
    assert all(qty <= stock.get(key, 0) for key, qty in taken.items())
    for d in demands:
        assert sum(a.qty for a in found.assignments if a.line_id == d.line_id) + found.short.get(d.line_id, 0) == d.qty
    assert not set(found.places) & excluded
    assert len(found.places) <= (1 if rule.split == Split.NEVER else rule.max_places or 6)
    assert {c.place.id for c in found.candidates if c.verdict == "chosen"} == set(found.places)


def test_places_of_a_rule_keep_its_order():
    found = plan(Rule(1, "r", places=("perth", "kochi")), stock={(MUG, "kochi"): 2, (MUG, "perth"): 2})
    assert sent(found) == {"perth": 1}
    assert [c.place.id for c in found.candidates][:2] == [PERTH.id, KOCHI.id]
