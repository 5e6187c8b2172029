"""Whether the figures of a replay still are those of the rules as they stand."""

import hashlib
import json

from inventory.models import RoutingPolicy, RoutingReplay, RoutingRule
from orders.actions.routing_draft import COPIED


def stamp_of(policy_id: int) -> str:
    """Changes whenever a rule of the version does, or their order."""
    rules = RoutingRule.objects.filter(policy=policy_id).order_by("position")
    return hashlib.sha256(json.dumps(list(rules.values_list(*COPIED)), default=str).encode()).hexdigest()[:16]


def stale(replay: RoutingReplay, live: RoutingPolicy | None) -> str:
    """Why its figures are of another moment, in a sentence; empty when simulating again would compare the same rules."""
    if not replay.result or "rules" not in replay.result:  # failed, or of a time when nobody noted them
        return ""
    if replay.result["rules"] != stamp_of(replay.policy_id):
        return f"The rules of v{replay.policy.version} have changed since. These figures are of the rules before."
    if live and live.pk not in (replay.against_id, replay.policy_id):
        return f"v{live.version} has gone live since. These figures are not beside the rules that are live now."
    return ""
