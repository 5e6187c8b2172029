"""Answer a count that a short pick asked for."""

from typing import Any

from django.db import transaction

from fulfilment.models import CountRequest
from inventory.ledger import Posting, post
from inventory.models import MovementKind
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@transaction.atomic
def answer_count(pk: int, *, found: int, actor: Any) -> CountRequest:
    """Of the doubted units, `found` are there: they may be sold again, the others leave the books.

    Refuses a count that was answered already and more than are in doubt.
    """
    row = (
        CountRequest.objects.select_for_update(of=("self",)).select_related("product", "location").filter(pk=pk).first()
    )
    if row is None:
        raise Refused("count_unknown", "There is no such count.")
    if row.counted_at:
        raise Refused("count_answered", f"{row.counted_by} has counted this shelf already.")
    if not 0 <= found <= row.doubted:
        raise Refused(
            "count_impossible", f"{row.doubted} are in doubt: enter how many of them are there, 0 to {row.doubted}."
        )
    row.found, row.counted_by, row.counted_at = found, as_actor(actor).name, now()
    row.save(update_fields=["found", "counted_by", "counted_at"])
    lost = row.doubted - found
    name = "inventory.received" if found else "inventory.adjusted"
    publish(
        name, subject=row.product.sku, actor=actor, location=row.location.code, qty=found - row.doubted,
        source=f"COUNT-{pk}-DONE", reason=f"Counted: {found} of {row.doubted} in doubt are there",
    )  # fmt: skip
    post(
        [Posting(row.product_id, row.location_id, on_hand=-lost, quarantined=-row.doubted)],
        kind=MovementKind.ADJUSTMENT, source=f"COUNT-{pk}-DONE", actor=actor, reason="Counted after a short pick",
    )  # fmt: skip
    return row
