"""The demo's routing: a version that was live, the one that is, and a draft with examples, one of which fails."""

from datetime import time
from decimal import Decimal
from typing import Any

from inventory.models import FreightRate, Location, RoutingPolicy, RoutingRule
from oms.access.models import User
from orders.actions.routing_activate import activate_policy
from orders.actions.routing_draft import draft_policy
from orders.actions.routing_examples import add_example
from orders.actions.routing_replay import ask_replay
from orders.actions.routing_rules import add_rule, fingerprint, save_rule
from orders.replay.run import run_due

PLAIN: dict[str, Any] = {
    "is_on": True, "conditions": [], "strategy": "ranked", "places": [], "max_km": None, "only_open": False, "split": "avoid",
    "min_percent": 0, "max_places": None, "otherwise": "next",
}  # fmt: skip
FITZROY = [{"field": "postal_code", "test": "starts", "value": "3065, 3066, 3067, 3068"}]
AUSTRALIA = [{"field": "country", "test": "is", "value": "AU"}]
DISTRIBUTORS = [{"field": "channel", "test": "is", "value": "distributors"}]
BIG_WEST = [{"field": "state", "test": "is", "value": "Maharashtra, Gujarat, Goa, Madhya Pradesh"},
            {"field": "total", "test": "least", "value": "INR 20000"}]  # fmt: skip
FIRST = ({"name": "Everything"},)
SECOND = (
    {"name": "The store serves its street", "conditions": FITZROY, "places": ["fitzroy"], "only_open": True, "split": "never"},
    {"name": "Australia ships from Melbourne", "conditions": AUSTRALIA, "places": ["melbourne", "fitzroy"]},
    {"name": "Distributors from Pune", "conditions": DISTRIBUTORS, "places": ["pune", "bengaluru"]},
    {"name": "Gifts by hand", "conditions": [{"field": "tag", "test": "is", "value": "gift"}], "places": ["pune"], "is_on": False},
    {"name": "Nearest with most of it", "strategy": "nearest", "min_percent": 50},
    {"name": "Everything else", "strategy": "fewest_splits"},
)  # fmt: skip
# What one parcel costs: to the place's own region, then to the rest of its country.
FREIGHT = (("pune", "IN", "", 92), ("pune", "IN", "40", 48), ("pune", "IN", "41", 40), ("bengaluru", "IN", "", 88),
           ("bengaluru", "IN", "5", 55), ("bengaluru", "IN", "56", 38), ("melbourne", "AU", "", 14),
           ("melbourne", "AU", "3", 9), ("fitzroy", "AU", "", 17), ("fitzroy", "AU", "306", 6))  # fmt: skip
EXAMPLES = (
    ("Chennai comes from Bengaluru", "web-in", "IN", "Tamil Nadu", "600001", "1200", (), "bengaluru"),
    ("Mumbai comes from Pune", "web-in", "IN", "Maharashtra", "400001", "900", (), "pune"),
    ("Mumbai when Pune is empty", "whatsapp", "IN", "Maharashtra", "400001", "900", ("pune",), "bengaluru"),
    ("Round the corner of the store", "web-au", "AU", "VIC", "3065", "80", ("melbourne",), "fitzroy"),
    (
        "Hyderabad comes from Pune",
        "web-in",
        "IN",
        "Telangana",
        "500001",
        "2400",
        (),
        "pune",
    ),  # it does not: this one fails
)


def make_routing(staff: dict[str, User]) -> None:
    """Live from the first day of the demo's work."""
    Location.objects.filter(code="fitzroy").update(
        open_days=[1, 2, 3, 4, 5, 6], opens_at=time(9), closes_at=time(18), orders_per_day=12
    )
    for code, country, prefix, amount in FREIGHT:
        FreightRate.objects.create(
            location=Location.objects.get(code=code), country=country, prefix=prefix, amount=Decimal(amount),
            currency="INR" if country == "IN" else "AUD",
        )  # fmt: skip
    owner = staff["owner"]
    activate_policy(_write(None, FIRST, owner).version, note="The way it always was", actor=owner)
    activate_policy(_write(None, SECOND, owner).version, note="Nearest place in India", actor=owner)


def make_draft(staff: dict[str, User]) -> None:
    """Somebody wants large orders of the west from one place; tried on the orders of the last month."""
    owner = staff["owner"]
    live = RoutingPolicy.objects.get(state="active")
    draft = draft_policy(copy_of=live.version, actor=owner)
    rule = draft.rules.get(position=4)
    new = {
        "name": "Big west orders from Pune",
        "conditions": BIG_WEST,
        "places": ["pune", "bengaluru"],
        "max_places": 1,
    }
    save_rule(draft.version, 4, values=PLAIN | new, seen=fingerprint(rule), actor=owner)
    near = draft.rules.get(position=5)
    cheap = {"name": "Cheapest freight", "strategy": "cheapest", "min_percent": 50}
    save_rule(draft.version, 5, values=PLAIN | cheap, seen=fingerprint(near), actor=owner)
    for name, channel, country, state, code, total, without, expected in EXAMPLES:
        facts = {"channel": channel, "country": country, "state": state, "postal_code": code, "tags": [], "total": total,
                 "currency": "INR" if country == "IN" else "AUD"}  # fmt: skip
        add_example(draft.version, name=name, facts=facts, without=list(without), expected=expected, actor=owner)
    ask_replay(draft.version, days=30, actor=owner)
    run_due()


def _write(copy_of: int | None, rules: tuple[dict[str, Any], ...], owner: User) -> RoutingPolicy:
    draft = draft_policy(copy_of=copy_of, actor=owner)
    for position, rule in enumerate(rules, start=1):
        row: RoutingRule = draft.rules.get() if position == 1 else add_rule(draft.version, actor=owner)
        save_rule(draft.version, position, values=PLAIN | rule, seen=fingerprint(row), actor=owner)
    return draft
