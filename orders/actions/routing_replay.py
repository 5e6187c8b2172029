"""Ask for a draft to be tried on past orders."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from inventory.models import PolicyState, RoutingPolicy, RoutingReplay
from oms.kernel.clock import now
from oms.kernel.errors import Refused

MOST_DAYS = 92


@transaction.atomic
def ask_replay(version: int, *, days: int, actor: Any) -> RoutingReplay:
    """A run for a worker: `version` over the orders of the last `days`, beside the version that is live.

    Refuses while one of this version is under way.
    """
    policy = RoutingPolicy.objects.select_for_update().filter(version=version).first()
    if policy is None:
        raise Refused("version_unknown", f"There is no version {version}.")
    if not 1 <= days <= MOST_DAYS:
        raise Refused("days_wrong", f"Choose 1 to {MOST_DAYS} days.")
    if policy.replays.filter(finished_at__isnull=True, asked_at__gt=now() - timedelta(hours=1)).exists():
        raise Refused("replay_running", f"v{version} is being tried already; wait until it is through.")
    live = RoutingPolicy.objects.filter(state=PolicyState.ACTIVE).first()
    return RoutingReplay.objects.create(policy=policy, against=live, days=days, by=actor)
