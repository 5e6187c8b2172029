"""Say that a shelf holds less than asked: the rest is looked for elsewhere and the shelf must be counted."""

from typing import Any

from django.db import transaction

from fulfilment.actions._count import trim_loose
from fulfilment.actions._move import lock_work, still_picking, work_lines
from fulfilment.actions.create import create_work
from fulfilment.actions.recall import end_work
from fulfilment.actions.reroute import free_here, lock_the_move, reserve_elsewhere
from fulfilment.models import CountRequest, FulfilmentOrder, ShortReason
from fulfilment.pieces import Piece, matching, pieces
from fulfilment.states import WorkStatus
from inventory.actions.reserve import Reserved
from inventory.ledger import Posting, post
from inventory.models import MovementKind, Occasion, StockLevel
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_work


@transaction.atomic
def short_pick(number: str, *, code: str, qty: int, reason: str, actor: Any) -> Reserved:
    """Take `qty` units of `code` that cannot be found off this work; other locations get them, else they wait for stock.

    A component missing makes its kits short: their other components are free again. The shelf's units go into
    quarantine until somebody counts them. Refuses without a reason, more than is still missing, and work that is not
    in somebody's hands.
    """
    order, fo = lock_work(number)
    if fo.status not in (WorkStatus.PICKING, WorkStatus.PICKED):
        raise Refused("not_in_hand", f"{number} is {fo.get_status_display().lower()}; only work in hand can be short.")
    if reason not in ShortReason.values:
        raise Refused("reason_missing", "Say why units are missing: choose a reason from the list.")
    piece = _missing(fo, code, qty)
    row, units = piece.row, -(-qty // piece.each)
    picked = units if fo.status == WorkStatus.PICKED else 0
    row.qty, row.qty_picked = row.qty - units, row.qty_picked - picked
    row.save(update_fields=["qty", "qty_picked"])
    trim_loose([row])
    count = CountRequest.objects.create(
        location=fo.location, product=piece.product, fo=fo, missing=qty, doubted=qty, reason=reason,
        asked_by=as_actor(actor).name, asked_at=now(),
    )  # fmt: skip
    publish(
        "fulfilment.short_picked", subject=number, actor=actor, stream=order.number, sku=piece.product.sku, qty=qty,
        reason=count.get_reason_display(), location=fo.location.code, label=f"{qty} of {piece.product.sku}",
    )  # fmt: skip
    if not fo.lines.filter(qty__gt=0).exists():
        end_work(fo, f"Nothing found: {count.get_reason_display()}", actor)
    report_work(order, is_picking=still_picking(order))
    lock_the_move(order, away_from=[fo.location_id], product_ids=[row.product_id])
    free_here(order, fo.location_id, {row.line_id: units})
    _doubt(count, actor)
    wanted = {row.line_id: (row.product_id, units)}
    got = reserve_elsewhere(
        order, wanted, away_from=[fo.location_id], picked={row.line_id: picked}, occasion=Occasion.SHORT
    )
    create_work(order.number)
    return got


def _doubt(count: CountRequest, actor: Any) -> None:
    """Quarantine the missing units, and what else nobody was promised unless the shelf was seen to hold it."""
    if count.reason != ShortReason.DAMAGED:
        shelf = StockLevel.objects.get(product=count.product, location=count.location)
        count.doubted = max(shelf.available, count.missing)
        count.save(update_fields=["doubted"])
    post(
        [Posting(count.product_id, count.location_id, quarantined=count.doubted)],
        kind=MovementKind.ADJUSTMENT, source=f"COUNT-{count.pk}", actor=actor, reason="Short pick, to be counted",
    )  # fmt: skip


def _missing(fo: FulfilmentOrder, code: str, qty: int) -> Piece:
    """The product `code` of a line that is `qty` short; at the table, of units counted as picked already."""
    found = matching(pieces(work_lines(fo)), code)
    if not found:
        raise Refused("wrong_item", f"Choose which item of {fo.number} is short.")
    if qty < 1:
        raise Refused("qty_not_positive", "Enter how many units are missing: a whole number above zero.")
    at_table = fo.status == WorkStatus.PICKED
    left = [(p.to_pack - p.packed if at_table else p.asked - p.picked, p) for p in found]
    piece = next((p for most, p in left if most >= qty), None)
    if piece is None:
        most = max(most for most, _ in left)
        raise Refused(
            "too_many", f"{found[0].product.sku}: at most {most} can be missing; the others are already counted."
        )
    return piece
