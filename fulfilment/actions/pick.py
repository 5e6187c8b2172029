"""Pick: start, take units off the shelf, finish."""

from typing import Any

from django.db import transaction

from fulfilment.actions._count import count, drop_loose
from fulfilment.actions._move import lock_work, move_row, still_picking, work_lines
from fulfilment.models import FulfilmentOrder
from fulfilment.pieces import matching, pieces
from fulfilment.states import WorkStatus
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_quantities, report_work
from orders.rules import no_blocking_hold
from orders.states import OrderStatus


@transaction.atomic
def start_pick(number: str, *, actor: Any) -> FulfilmentOrder:
    """Take the work in hand. Refuses while the order is on hold or not released to the warehouse."""
    order, fo = lock_work(number)
    if order.status != OrderStatus.PROCESSING:
        raise Refused("not_released", f"{order.number} is not released to the warehouse yet. Release it first.")
    if closed := no_blocking_hold(order):
        raise Refused.because([closed])
    fo.picking_at, fo.assignee = now(), as_actor(actor).name
    move_row(
        fo, "start_pick", machine="fulfilment", event="fulfilment.pick_started", actor=actor,
        saved=("picking_at", "assignee"),
    )  # fmt: skip
    report_work(order, is_picking=True)
    return fo


@transaction.atomic
def pick_line(number: str, *, code: str, qty: int = 1, actor: Any) -> FulfilmentOrder:
    """Count `qty` units of the SKU or barcode `code` as picked; a kit is picked when all its components are.

    Refuses a wrong item and more than asked.
    """
    order, fo = lock_work(number)
    if fo.status != WorkStatus.PICKING:
        raise Refused("not_picking", f"{number} is not being picked. Start the pick first.")
    if qty < 1:
        raise Refused("qty_not_positive", "Enter how many units you took: a whole number above zero.")
    every = pieces(work_lines(fo))
    found = matching(every, code)
    if not found:
        raise Refused("wrong_item", f"{code.strip()[:80] or 'That'} is not on {number}. Put it back and scan again.")
    piece = next((p for p in found if p.asked - p.picked >= qty), None)
    if piece is None:
        raise Refused(
            "too_many", f"{found[0].product.sku}: only {sum(p.asked - p.picked for p in found)} more are asked for."
        )
    if units := count(piece, every, "picked", qty):
        report_quantities(order, {piece.row.line_id: {"picked": units}})
    return fo


@transaction.atomic
def finish_pick(number: str, *, actor: Any) -> FulfilmentOrder:
    """Hand the picked goods to the packing table. Refuses while units are missing."""
    order, fo = lock_work(number)
    fo.picked_at = now()
    move_row(fo, "finish_pick", machine="fulfilment", event="fulfilment.picked", actor=actor, saved=("picked_at",))
    report_work(order, is_picking=still_picking(order))
    return fo


@transaction.atomic
def reopen_pick(number: str, *, actor: Any) -> FulfilmentOrder:
    """Take the end of a pick back: its units stay counted. Refuses once a unit is in the parcel."""
    order, fo = lock_work(number)
    fo.picked_at = None
    move_row(
        fo, "reopen_pick", machine="fulfilment", event="fulfilment.pick_reopened", actor=actor, saved=("picked_at",)
    )
    report_work(order, is_picking=True)
    return fo


@transaction.atomic
def put_back(number: str, *, actor: Any) -> FulfilmentOrder:
    """Give up a pick begun: what was taken goes back on the shelf and the work waits for the next picker."""
    order, fo = lock_work(number)
    fo.picking_at, fo.assignee = None, ""
    move_row(
        fo, "put_back", machine="fulfilment", event="fulfilment.put_back", actor=actor, saved=("picking_at", "assignee")
    )
    taken = {row.line_id: {"picked": -row.qty_picked} for row in work_lines(fo) if row.qty_picked}
    fo.lines.update(qty_picked=0)
    drop_loose(fo)
    report_quantities(order, taken)
    report_work(order, is_picking=still_picking(order))
    return fo
