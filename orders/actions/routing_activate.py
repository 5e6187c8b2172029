"""Make a version of the routing rules live, or go back to an earlier one."""

from typing import Any

from django.db import transaction

from inventory.models import PolicyState, RoutingPolicy
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.routing_draft import lock_versions
from orders.routing_examples import try_examples


@transaction.atomic
def activate_policy(version: int, *, note: str, actor: Any) -> RoutingPolicy:
    """From now on `version` chooses the places; the one that did is retired. Orders planned already stay where they are.

    Refuses a draft with an example that does not come out as it must. An earlier version may come back at once: it was
    live before, and going back must not wait for anything.
    """
    lock_versions()
    policy = RoutingPolicy.objects.select_for_update().filter(version=version).first()
    if policy is None:
        raise Refused("version_unknown", f"There is no version {version}.")
    if policy.state == PolicyState.ACTIVE:
        raise Refused("live_already", f"v{version} is live already.")
    if not policy.rules.filter(is_on=True).exists():
        raise Refused("no_rules", "Switch at least one rule on; without rules every order would wait for stock.")
    if policy.state == PolicyState.DRAFT and (failing := [t for t in try_examples(policy) if not t.passes]):
        names = ", ".join(t.example.name for t in failing[:5])
        raise Refused("examples_fail", f"{len(failing)} of its examples do not come out as they must: {names}.")
    before = RoutingPolicy.objects.select_for_update().filter(state=PolicyState.ACTIVE).first()
    if before:
        _set(before, PolicyState.RETIRED, ())
    policy.note, policy.activated_at = note.replace("\x00", "").strip()[:200], now()
    policy.activated_by_id = as_actor(actor).user_id
    rolled_back = policy.state == PolicyState.RETIRED
    _set(policy, PolicyState.ACTIVE, ("note", "activated_at", "activated_by"))
    publish(
        "routing.activated", subject=f"routing-v{version}", actor=actor, version=version, note=policy.note,
        before=before.version if before else None, rolled_back=rolled_back,
    )  # fmt: skip
    return policy


def _set(policy: RoutingPolicy, state: str, saved: tuple[str, ...]) -> None:
    policy.state = state
    policy.save(update_fields=["state", *saved])
