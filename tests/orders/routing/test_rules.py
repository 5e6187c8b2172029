"""The page of the routing rules: write, move, try, make live, go back; and two people at one rule."""

import re

import pytest
from django.test import Client

from inventory.models import RoutingDecision, RoutingPolicy, RoutingRule
from oms.events.models import Event
from oms.kernel.errors import Refused
from orders.actions.routing_activate import activate_policy
from orders.actions.routing_draft import draft_policy
from orders.actions.routing_examples import add_example
from orders.actions.routing_rules import add_rule, fingerprint, move_rule, remove_rule, save_rule
from orders.routing_examples import try_examples
from tests.stories import placed
from tests.together import at_once

FACTS = {
    "channel": "web",
    "country": "IN",
    "state": "Goa",
    "postal_code": "403001",
    "tags": [],
    "total": "100",
    "currency": "INR",
}
RULE = {
    "name": "From Delhi", "is_on": True, "conditions": [], "strategy": "ranked", "places": ["delhi"], "max_km": None,
    "only_open": False, "split": "avoid", "min_percent": 0, "max_places": None, "otherwise": "next",
}  # fmt: skip
FORM = {"rule": "1", "step": "save", "name": "From Delhi", "is_on": "on", "strategy": "ranked", "places": "Delhi", "max_km": "",
        "split": "avoid", "min_percent": "", "max_places": "", "otherwise": "next"}  # fmt: skip


@pytest.fixture
def owner(olga) -> Client:
    client = Client()
    client.force_login(olga)
    return client


def order_of(policy: RoutingPolicy) -> list[str]:
    return list(policy.rules.order_by("position").values_list("name", flat=True))


def test_from_an_empty_house_to_a_live_version_by_the_forms_alone(shop, owner):
    assert "No rules yet" in owner.get("/rules/routing/").content.decode()
    assert owner.post("/rules/routing/drafts/").url == "/rules/routing/1/"
    page = owner.get("/rules/routing/1/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    answer = owner.post(
        "/rules/routing/1/steps/", FORM | {"seen": seen, "field-0": "state", "test-0": "is", "value-0": "Goa"}
    )
    assert answer.status_code == 302, answer.content.decode()
    rule = RoutingRule.objects.get()
    assert (rule.places, rule.conditions) == (["delhi"], [{"field": "state", "test": "is", "value": "Goa"}])
    example = {"step": "example", "name": "Goa from Delhi", "channel": "web", "state": "Goa", "expected": "delhi"}
    owner.post("/rules/routing/1/steps/", example)
    assert "All come out as they must" in owner.get("/rules/routing/1/").content.decode()
    owner.post("/rules/routing/1/steps/", {"step": "activate", "note": "First rules"})
    live = RoutingPolicy.objects.get(state="active")
    assert (live.version, live.note, live.activated_by.username) == (1, "First rules", "olga")
    event = Event.objects.get(name="routing.activated")
    assert (event.actor_name, event.payload["before"], event.payload["version"]) == ("Olga", None, 1)
    page = owner.get("/rules/routing/1/").content.decode()
    assert "It is live." in page and 'name="seen"' not in page


def test_a_wrong_rule_is_refused_with_what_was_typed_still_there(shop, owner, olga):
    draft = draft_policy(copy_of=None, actor=olga)
    seen = fingerprint(draft.rules.get())
    for changed, said in (
        ({"places": "delhi, atlantis"}, "There is no place atlantis"),
        ({"field-0": "total", "test-0": "least", "value-0": "plenty"}, "Write an amount with its currency"),
        ({"field-0": "total", "test-0": "is", "value-0": "INR 5"}, "Order total can be asked: is at least, is below"),
        ({"min_percent": "101"}, "less than or equal to 100"),
        ({"name": ""}, "required"),
        ({"seen": "stale"}, "Somebody changed this rule meanwhile"),
    ):
        answer = owner.post("/rules/routing/1/steps/", FORM | {"seen": seen} | changed)
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page, (changed, answer.status_code)
        assert not changed.get("value-0") or changed["value-0"] in page
    assert draft.rules.get().name == "Everything"


def test_rules_move_and_leave_without_a_gap(shop, owner, olga):
    draft = draft_policy(copy_of=None, actor=olga)
    for name in ("B", "C", "D"):
        row = add_rule(1, actor=olga)
        save_rule(1, row.position, values=RULE | {"name": name}, seen=fingerprint(row), actor=olga)
    owner.post("/rules/routing/1/steps/", {"rule": "4", "step": "move:3"})
    assert order_of(draft) == ["Everything", "B", "D", "C"]
    move_rule(1, 1, to=99, actor=olga)
    assert order_of(draft) == ["B", "D", "C", "Everything"]
    owner.post("/rules/routing/1/steps/", {"rule": "2", "step": "remove"})
    assert order_of(draft) == ["B", "C", "Everything"]
    assert list(draft.rules.values_list("position", flat=True)) == [1, 2, 3]
    remove_rule(1, 3, actor=olga)
    remove_rule(1, 2, actor=olga)
    with pytest.raises(Refused, match="needs a rule"):
        remove_rule(1, 1, actor=olga)


def test_a_draft_with_a_failing_example_does_not_go_live(shop, owner, olga):
    draft = draft_policy(copy_of=None, actor=olga)
    add_example(1, name="Goa from Delhi", facts=FACTS, without=[], expected="delhi", actor=olga)
    page = owner.get("/rules/routing/1/").content.decode()
    assert "Must come from Delhi; Pune sends it" in page and "does not come out as it must" in page.replace(
        "do not", "does not"
    )
    owner.post("/rules/routing/1/steps/", {"step": "activate"})
    draft.refresh_from_db()
    assert draft.state == "draft"
    with pytest.raises(Refused, match="Goa from Delhi"):
        activate_policy(1, note="", actor=olga)
    save_rule(1, 1, values=RULE, seen=fingerprint(draft.rules.get()), actor=olga)
    assert [t.passes for t in try_examples(draft)] == [True]
    assert activate_policy(1, note="", actor=olga).state == "active"


def test_an_example_may_say_who_has_nothing_and_that_the_order_waits(shop, olga):
    draft = draft_policy(copy_of=None, actor=olga)
    add_example(1, name="Pune empty", facts=FACTS, without=["pune"], expected="delhi", actor=olga)
    add_example(1, name="Both empty", facts=FACTS, without=["pune", "delhi"], expected="", actor=olga)
    add_example(1, name="Wrong", facts=FACTS, without=[], expected="", actor=olga)
    assert [t.passes for t in try_examples(draft)] == [True, True, False]
    with pytest.raises(Refused, match="no place mars"):
        add_example(1, name="Mars", facts=FACTS, without=["mars"], expected="", actor=olga)


def test_a_live_version_never_changes_and_an_earlier_one_comes_back_at_once(shop, owner, olga):
    first, second = draft_policy(copy_of=None, actor=olga), draft_policy(copy_of=None, actor=olga)
    save_rule(2, 1, values=RULE, seen=fingerprint(second.rules.get()), actor=olga)
    activate_policy(1, note="", actor=olga)
    activate_policy(2, note="", actor=olga)
    with pytest.raises(Refused, match="never changes"):
        save_rule(2, 1, values=RULE, seen=fingerprint(second.rules.get()), actor=olga)
    assert RoutingDecision.objects.get(order_number=placed(("MUG", 1)).number).policy == second
    owner.post("/rules/routing/1/steps/", {"step": "activate", "note": "Back"})
    assert RoutingDecision.objects.get(order_number=placed(("MUG", 1)).number).policy == first
    assert dict(RoutingPolicy.objects.values_list("version", "state")) == {1: "active", 2: "retired"}
    assert Event.objects.filter(name="routing.activated").latest("pk").payload["rolled_back"] is True
    page = owner.get("/rules/routing/").content.decode()
    assert page.index("/rules/routing/2/") < page.index("/rules/routing/1/"), "newest first, whichever is live"


def test_a_draft_made_from_the_live_version_has_its_rules_and_examples_and_can_be_thrown_away(shop, owner, olga):
    draft = draft_policy(copy_of=None, actor=olga)
    save_rule(1, 1, values=RULE, seen=fingerprint(draft.rules.get()), actor=olga)
    add_example(1, name="Goa", facts=FACTS, without=[], expected="delhi", actor=olga)
    activate_policy(1, note="", actor=olga)
    owner.post("/rules/routing/drafts/", {"copy_of": "1"})
    copy = RoutingPolicy.objects.get(version=2)
    assert (order_of(copy), copy.examples.get().name, copy.based_on.version) == (["From Delhi"], "Goa", 1)
    owner.post("/rules/routing/2/steps/", {"step": "discard"})
    assert list(RoutingPolicy.objects.values_list("version", flat=True)) == [1]


def test_the_warehouse_looks_and_does_not_touch(shop, bo, olga):
    draft_policy(copy_of=None, actor=olga)
    client = Client()
    client.force_login(bo)
    page = client.get("/rules/routing/1/").content.decode()
    assert "Everything" in page and "Save rule" not in page and "Make v1 live" not in page
    for url in ("/rules/routing/1/steps/", "/rules/routing/drafts/"):
        assert client.post(url, {"step": "activate"}).status_code == 403


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_versions_made_live_at_once_leave_one_live(transactional_db):
    from tests.conftest import make_shop, person

    make_shop()
    olga = person("olga", "owner")
    for _ in range(4):
        draft_policy(copy_of=None, actor=olga)
    at_once(*(lambda v=v: activate_policy(v, note="", actor=olga) for v in range(1, 5)))
    assert RoutingPolicy.objects.filter(state="active").count() == 1
    made = at_once(*(lambda: draft_policy(copy_of=None, actor=olga).version for _ in range(4)))
    assert sorted(made) == [5, 6, 7, 8]
