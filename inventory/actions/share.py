"""Move promises between orders: what some lose, others get; nothing in between is free for anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.kits import recipes
from inventory.ledger import Claim, claim, free, lock_levels
from inventory.models import Allocation, Backorder
from oms.kernel.errors import Refused


@dataclass(frozen=True)
class Loss:
    """Softly held units of its own product that a line gives back at a place."""

    line_id: int
    product_id: int
    location_id: int
    qty: int


@dataclass(frozen=True)
class Gain:
    """Units a line gets at a place: softly until `expires_at`, or for good when it is None."""

    line_id: int
    order_number: str
    product_id: int
    location_id: int
    qty: int
    expires_at: datetime | None


@dataclass(frozen=True)
class Wait:
    """What a line waits for after it, at its old place in the queue."""

    line_id: int
    order_number: str
    product_id: int
    qty: int
    since: datetime


def move_shares(losses: Sequence[Loss], gains: Sequence[Gain], waits: Sequence[Wait]) -> None:
    """Free the losses, claim the gains, and bring the queue to `waits`; kits move as their components.

    Under the locks of all orders concerned. Refuses, and nothing has moved, when somebody was quicker.
    """
    _queue(waits)
    lock_levels(_levels([*losses, *gains]))
    soft = Allocation.objects.filter(line_id__in=[one.line_id for one in losses], kind="soft")
    held = {(a.line_id, a.location_id): a for a in soft}
    free([(held[one.line_id, one.location_id].pk, one.qty) for one in losses])
    for until in sorted({one.expires_at for one in gains}, key=str):
        claims = [
            Claim(one.line_id, one.order_number, one.product_id, one.location_id, one.qty)
            for one in gains
            if one.expires_at == until
        ]
        got = claim(claims, kind="soft" if until else "hard", expires_at=until)
        if got != {(c.product_id, c.location_id) for c in claims}:
            raise Refused("stock_moved", "Somebody has just taken some of these units. Look again.")


def _levels(moved: Sequence[Loss | Gain]) -> set[tuple[int, int]]:
    parts = recipes({one.line_id: one.product_id for one in moved})
    return {
        (product, one.location_id) for one in moved for product, _ in parts.get(one.line_id, ((one.product_id, 1),))
    }


def _queue(waits: Sequence[Wait]) -> None:
    rows = {b.line_id: b for b in Backorder.objects.filter(line_id__in=[wait.line_id for wait in waits])}
    for wait in waits:
        row = rows.get(wait.line_id)
        if row is None:
            if wait.qty:
                Backorder.objects.create(
                    line_id=wait.line_id, order_number=wait.order_number, product_id=wait.product_id, qty=wait.qty,
                    created_at=wait.since,
                )  # fmt: skip
        elif not wait.qty:
            row.delete()
        elif row.qty != wait.qty:
            row.qty = wait.qty
            row.save(update_fields=["qty"])
