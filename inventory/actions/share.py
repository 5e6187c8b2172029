"""Move promises of one product between orders: what some lose, others get; nothing in between is free for anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.ledger import Claim, claim, free, lock_levels
from inventory.models import Allocation, Backorder
from oms.kernel.errors import Refused


@dataclass(frozen=True)
class Loss:
    """Softly held units that a line gives back at a place."""

    line_id: int
    location_id: int
    qty: int


@dataclass(frozen=True)
class Gain:
    """Units a line gets at a place: softly until `expires_at`, or for good when it is None."""

    line_id: int
    order_number: str
    location_id: int
    qty: int
    expires_at: datetime | None


def move_shares(
    product_id: int, losses: Sequence[Loss], gains: Sequence[Gain], waits: Mapping[int, tuple[str, int, datetime]]
) -> None:
    """Free the losses, claim the gains, and bring the queue to `waits` {line id: (order number, units, since)}.

    Under the locks of all orders concerned. Refuses, and nothing has moved, when somebody was quicker.
    """
    _queue(product_id, waits)
    lock_levels({(product_id, x.location_id) for x in losses} | {(product_id, x.location_id) for x in gains})
    held = {(a.line_id, a.location_id): a for a in Allocation.objects.filter(product=product_id, kind="soft")}
    free([(held[one.line_id, one.location_id].pk, one.qty) for one in losses])
    for until in sorted({one.expires_at for one in gains}, key=str):
        claims = [
            Claim(one.line_id, one.order_number, product_id, one.location_id, one.qty)
            for one in gains
            if one.expires_at == until
        ]
        got = claim(claims, kind="soft" if until else "hard", expires_at=until)
        if got != {(c.product_id, c.location_id) for c in claims}:
            raise Refused("stock_moved", "Somebody has just taken some of these units. Look again.")


def _queue(product_id: int, waits: Mapping[int, tuple[str, int, datetime]]) -> None:
    rows = {b.line_id: b for b in Backorder.objects.filter(product=product_id, line_id__in=list(waits))}
    for line_id, (number, qty, since) in waits.items():
        row = rows.get(line_id)
        if row is None:
            if qty:
                Backorder.objects.create(
                    line_id=line_id, order_number=number, product_id=product_id, qty=qty, created_at=since
                )
        elif not qty:
            row.delete()
        elif row.qty != qty:
            row.qty = qty
            row.save(update_fields=["qty"])
