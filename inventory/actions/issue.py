"""Let stock leave the building: the only place where dispatch touches the shelves."""

from collections.abc import Mapping
from typing import Any

from inventory.ledger import Posting, free, post
from inventory.models import Allocation, MovementKind
from oms.kernel.errors import Refused
from oms.kernel.plural import are, plural


def issue_stock(order_number: str, *, location_id: int, quantities: Mapping[int, int], source: str, actor: Any) -> None:
    """Take `quantities` {line id: units} out of the order's hard promises at the location and off the shelf.

    `source` is the shipment's number: issuing it again posts nothing. Refuses units that are not allocated there.
    Call it as the last write, under the order's lock.
    """
    portions, postings = [], []
    held = {
        a.line_id: a for a in Allocation.objects.filter(order_number=order_number, location_id=location_id, kind="hard")
    }
    for line_id, qty in quantities.items():
        allocation = held.get(line_id)
        if allocation is None or allocation.qty < qty:
            have = allocation.qty if allocation else 0
            raise Refused(
                "not_allocated_here",
                f"{order_number}: only {have} of {plural(qty, 'unit')} {are(have)} allocated at this location.",
            )
        portions.append((allocation.pk, qty))
        postings.append(Posting(allocation.product_id, location_id, on_hand=-qty))
    free(portions)
    post(postings, kind=MovementKind.ISSUE, source=source, actor=actor)
