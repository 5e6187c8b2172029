"""Move units from one location to another."""

from typing import Any

from django.db import transaction

from inventory.actions.adjust import find, say
from inventory.ledger import Posting, post
from inventory.models import MovementKind
from oms.kernel.errors import Refused


@transaction.atomic
def transfer_stock(
    sku: str, *, source_place: str, target_place: str, qty: int, source: str, reason: str, actor: Any
) -> int:
    """Take `qty` sellable units off one place and put them on another, both in one statement; 0 for a replay.

    Refuses units that are promised, and a document (`source`) that was already posted for other places.
    """
    if qty <= 0:
        raise Refused("qty_not_positive", "Enter how many units move: a whole number above zero.")
    product, here = find(sku, source_place)
    _, there = find(sku, target_place)
    if here == there:
        raise Refused("same_place", "Choose two different places.")
    postings = [Posting(product.pk, here.pk, on_hand=-qty), Posting(product.pk, there.pk, on_hand=qty)]
    new = post(postings, kind=MovementKind.TRANSFER, source=source, actor=actor, reason=reason)
    if new == 1:  # half of it exists from before: posting the other half would make stock out of nothing
        raise Refused("already_posted", "This move was already recorded with another place. Open the page again.")
    if new:
        say("inventory.adjusted", product, here, actor=actor, qty=-qty, source=source, reason=reason)
        say("inventory.received", product, there, actor=actor, qty=qty, source=source)
    return new
