"""Let stock leave the building: the only place where dispatch touches the shelves."""

from collections.abc import Mapping
from typing import Any

from inventory.kits import recipes
from inventory.ledger import Claim, Posting, claim, free, post
from inventory.models import Allocation, AllocationKind, MovementKind
from oms.kernel.errors import Refused
from oms.kernel.plural import are, plural


def issue_stock(order_number: str, *, location_id: int, quantities: Mapping[int, int], source: str, actor: Any) -> None:
    """Take `quantities` {line id: units} out of the order's hard promises at the location and off the shelf.

    `source` is the shipment's number: issuing it again posts nothing. Refuses units that are not allocated there.
    Of a kit its components leave. Call it as the last write, under the order's lock.
    """
    portions: list[tuple[int, int]] = []
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
    postings = _postings({line: (held[line].product_id, -qty) for line, qty in quantities.items()}, location_id)
    free(portions)
    post(postings, kind=MovementKind.ISSUE, source=source, actor=actor)


def take_issue_back(
    order_number: str, *, location_id: int, quantities: Mapping[int, tuple[int, int]], source: str, actor: Any
) -> None:
    """Put `quantities` {line id: (product id, units)} of an issue that was undone back on the shelf, still promised to the order.

    A movement of its own beside the issue's, once per `source`. Call it as the last write, under the order's lock.
    """
    postings = _postings(quantities, location_id)
    if not post(postings, kind=MovementKind.UNISSUE, source=source, actor=actor, reason="Dispatch undone"):
        raise Refused("issue_taken_back", f"What left with {source} is back on the shelf already.")
    # The shelf is ours since the posting: nobody gets a unit in between.
    claims = [Claim(k, order_number, product, location_id, qty) for k, (product, qty) in quantities.items()]
    held = claim(claims, kind=AllocationKind.HARD)
    if len(held) < len({(c.product_id, c.location_id) for c in claims}):
        raise Refused("stock_promised", "The shelf owes more than it holds; count it before the dispatch is undone.")


def _postings(units: Mapping[int, tuple[int, int]], location_id: int) -> list[Posting]:
    """What {line id: (product id, units)} changes on the shelf: of a kit its components."""
    parts = recipes({line: product for line, (product, _) in units.items()})
    return [
        Posting(each, location_id, on_hand=qty * n)
        for line, (product, qty) in units.items()
        for each, n in parts.get(line, ((product, 1),))
    ]
