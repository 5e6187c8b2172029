"""Change the rules of a draft: add, write, move, remove."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from inventory.models import RoutingRule
from inventory.routing.conditions import wrong
from inventory.routing.facts import Condition
from oms.kernel.errors import Refused
from orders.actions.routing_draft import COPIED, lock_draft

MOST_RULES, MOST_CONDITIONS = 60, 12


def fingerprint(rule: RoutingRule) -> str:
    """Changes whenever anything of the rule does: what a form was filled from."""
    values = [getattr(rule, name) for name in COPIED if name != "position"]
    return hashlib.sha256(json.dumps([rule.pk, *values], default=str).encode()).hexdigest()[:16]


@transaction.atomic
def add_rule(version: int, *, actor: Any) -> RoutingRule:
    """A new rule, switched off, at the end of the draft. Refuses more than 60."""
    draft = lock_draft(version)
    count = draft.rules.count()
    if count >= MOST_RULES:
        raise Refused("rules_many", f"A version has at most {MOST_RULES} rules. Join some of them.")
    return RoutingRule.objects.create(policy=draft, position=count + 1, name="New rule", is_on=False)


@transaction.atomic
def save_rule(version: int, position: int, *, values: Mapping[str, Any], seen: str, actor: Any) -> RoutingRule:
    """Write `values` into the rule. Refuses conditions that cannot be asked, and when it changed since `seen`."""
    rule = _rule(version, position)
    if seen != fingerprint(rule):
        raise Refused(
            "changed_meanwhile", "Somebody changed this rule meanwhile. Look at it as it is now and change it again."
        )
    conditions = [c for c in values["conditions"] if c["value"].strip()]
    if len(conditions) > MOST_CONDITIONS:
        raise Refused("conditions_many", f"A rule asks at most {MOST_CONDITIONS} things.")
    for c in conditions:
        if said := wrong(Condition(c["field"], c["test"], c["value"])):
            raise Refused("condition_wrong", said)
    for name in set(COPIED) - {"position", "conditions"}:
        setattr(rule, name, values[name])
    rule.conditions = conditions
    rule.save()
    return rule


@transaction.atomic
def move_rule(version: int, position: int, *, to: int, actor: Any) -> int:
    """Put the rule at place `to`; those between move up or down by one. Returns where it is now."""
    rule = _rule(version, position)
    rows = RoutingRule.objects.filter(policy=rule.policy)
    to = max(1, min(to, rows.count()))
    if to < position:
        rows.filter(position__gte=to, position__lt=position).update(position=F("position") + 1)
    else:
        rows.filter(position__gt=position, position__lte=to).update(position=F("position") - 1)
    rule.position = to
    rule.save(update_fields=["position"])
    return to


@transaction.atomic
def remove_rule(version: int, position: int, *, actor: Any) -> None:
    """Take the rule out; those behind it move up. Refuses the last one."""
    rule = _rule(version, position)
    rows = RoutingRule.objects.filter(policy=rule.policy)
    if rows.count() == 1:
        raise Refused("last_rule", "A version needs a rule. Change this one, or switch it off.")
    rule.delete()
    rows.filter(position__gt=position).update(position=F("position") - 1)


def _rule(version: int, position: int) -> RoutingRule:
    rule = RoutingRule.objects.filter(policy=lock_draft(version), position=position).select_related("policy").first()
    if rule is None:
        raise Refused("rule_gone", f"There is no rule {position} in v{version} any more.")
    return rule
