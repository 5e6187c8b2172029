"""Keep examples beside the rules: orders somebody knows the right place of."""

from typing import Any

from django.db import transaction

from inventory.models import Location, RoutingExample
from oms.kernel.errors import Refused
from orders.actions.routing_draft import lock_draft

MOST = 50


@transaction.atomic
def add_example(
    version: int, *, name: str, facts: dict[str, Any], without: list[str], expected: str, actor: Any
) -> RoutingExample:
    """Add an example to the draft: an order of `facts`, no goods at `without`, must come from `expected` (empty: wait)."""
    draft = lock_draft(version)
    if not (name := name.replace("\x00", "").strip()):
        raise Refused("name_missing", "Give the example a name that says what it stands for.")
    known = set(Location.objects.ours().values_list("code", flat=True))
    if unknown := {*without, *([expected] if expected else [])} - known:
        raise Refused("place_unknown", f"There is no place {', '.join(sorted(unknown))}.")
    if draft.examples.count() >= MOST:
        raise Refused("examples_many", f"A version keeps at most {MOST} examples.")
    return RoutingExample.objects.create(policy=draft, name=name[:80], facts=facts, without=without, expected=expected)


@transaction.atomic
def remove_example(version: int, pk: int, *, actor: Any) -> None:
    """Take an example out of the draft."""
    lock_draft(version).examples.filter(pk=pk).delete()
