"""Approve a count that differs much from the books, as a second person, or withdraw it."""

from typing import Any

from django.db import transaction

from inventory.actions.adjust import adjust_stock, say
from inventory.actions.count import require_unpromised
from inventory.ledger import lock_levels
from inventory.models import StockCount
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@transaction.atomic
def approve_count(pk: int, *, actor: Any) -> StockCount:
    """Post what the count differs by. Refuses whoever counted, a count that is decided on, and units that orders were
    promised since."""
    count = _lock(pk)
    if count.counted_by_id == as_actor(actor).user_id:
        raise Refused("second_person", "Somebody else approves it: you counted. If you counted wrong, withdraw it.")
    _decide(count, actor, is_approved=True)
    lock_levels([(count.product_id, count.location_id)])
    require_unpromised(count.product, count.location, -count.delta)
    adjust_stock(
        count.product.sku, location=count.location.code, delta=count.delta, source=count.source, actor=actor,
        reason=f"{count.reason} (counted by {count.counted_by.display_name})"[:200],
    )  # fmt: skip
    return count


@transaction.atomic
def withdraw_count(pk: int, *, actor: Any) -> StockCount:
    """Post nothing; the place is to be counted again. Refuses a count that is decided on."""
    count = _lock(pk)
    _decide(count, actor, is_approved=False)
    lock_levels([(count.product_id, count.location_id)])
    say("inventory.count_withdrawn", count.product, count.location, actor=actor, qty=count.delta, source=count.source)
    return count


def _lock(pk: int) -> StockCount:
    rows = StockCount.objects.select_for_update(of=("self",)).select_related("product", "location", "counted_by")
    count = rows.filter(pk=pk).first()
    if count is None:
        raise Refused("count_not_found", "There is no such count.")
    if count.is_approved is not None:
        raise Refused(
            "decided", f"{count.decided_by} has {'approved' if count.is_approved else 'withdrawn'} it already."
        )
    return count


def _decide(count: StockCount, actor: Any, *, is_approved: bool) -> None:
    count.is_approved, count.decided_by_id, count.decided_at = is_approved, as_actor(actor).user_id, now()
    count.save(update_fields=["is_approved", "decided_by", "decided_at"])
