"""Show what a merge of two customers would do by doing it and taking it back (docs/decisions/0011)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from orders.actions.customer_merge import merge_customers
from orders.customers.merging import Conflict, conflicts_of, stamp
from orders.models import Customer, CustomerMerge
from orders.pricing.credit import CreditStanding, standing


@dataclass(frozen=True)
class CustomersMerged:
    """What the two would become. `moved`: (what, how many); `credit`: where the joint credit would stand; `seen`: of what was
    chosen between, to be given back with the merge."""

    conflicts: list[Conflict]
    seen: str
    after: Customer | None = None
    moved: list[tuple[str, int]] = field(default_factory=list)
    credit: CreditStanding | None = None
    refusals: tuple[Refusal, ...] = ()


def preview_customers(kept: Customer, gone: Customer, *, choice: Mapping[str, str], actor: Any) -> CustomersMerged:
    """What would become of the two as they stand now. Nothing is changed; both are locked meanwhile."""
    conflicts, seen = conflicts_of(kept, gone), stamp(kept, gone)
    with transaction.atomic():
        try:
            with transaction.atomic():
                done: CustomerMerge = merge_customers(kept.pk, gone.pk, choice=choice, reason="To look at", actor=actor)
                after = Customer.objects.select_related("group").get(pk=kept.pk)
                effects = CustomersMerged(
                    conflicts, seen, after, sorted(done.moved.items()), standing(after, at=now())
                )  # fmt: skip
        except Refused as refused:
            effects = CustomersMerged(conflicts, seen, refusals=refused.reasons)
        transaction.set_rollback(True)
    return effects
