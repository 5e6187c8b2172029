"""Make a new version of the routing rules to work on, or throw one away."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from inventory.models import PolicyState, RoutingExample, RoutingPolicy, RoutingRule
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.errors import Refused

LOCK_ROUTING = 5118  # an advisory lock; any number nobody else uses
COPIED = ("position", "name", "is_on", "conditions", "strategy", "places", "max_km", "only_open", "split", "min_percent",
          "max_places", "otherwise")  # fmt: skip


@transaction.atomic
def draft_policy(*, copy_of: int | None, actor: Any) -> RoutingPolicy:
    """A new draft with the rules and examples of version `copy_of`, or with one rule that fits every order."""
    lock_versions()
    version = (RoutingPolicy.objects.aggregate(n=Max("version"))["n"] or 0) + 1
    base = RoutingPolicy.objects.filter(version=copy_of).first() if copy_of else None
    if copy_of and base is None:
        raise Refused("version_unknown", f"There is no version {copy_of} to start from.")
    draft = RoutingPolicy.objects.create(version=version, based_on=base, created_by_id=as_actor(actor).user_id)
    if base is None:
        RoutingRule.objects.create(policy=draft, position=1, name="Everything")
        return draft
    RoutingRule.objects.bulk_create(
        RoutingRule(policy=draft, **{name: getattr(rule, name) for name in COPIED}) for rule in base.rules.all()
    )
    RoutingExample.objects.bulk_create(
        RoutingExample(policy=draft, name=e.name, facts=e.facts, without=e.without, expected=e.expected)
        for e in base.examples.all()
    )
    return draft


@transaction.atomic
def discard_draft(version: int, *, actor: Any) -> None:
    """Remove a draft with its rules, examples and replays. Versions that were live stay for ever."""
    lock_draft(version).delete()
    publish("routing.discarded", subject=f"routing-v{version}", actor=actor, version=version)


def lock_versions() -> None:
    """One person at a time makes or activates versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_ROUTING])


def lock_draft(version: int) -> RoutingPolicy:
    """The draft, locked until the transaction ends. Refuses a version that is not one (any more)."""
    draft = RoutingPolicy.objects.select_for_update().filter(version=version).first()
    if draft is None:
        raise Refused("version_unknown", f"There is no version {version} (any more).")
    if draft.state != PolicyState.DRAFT:
        raise Refused("version_fixed", f"v{version} was live and never changes. Make a new draft from it.")
    return draft
