"""Pick: start, take units off the shelf, finish."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from fulfilment.actions._count import count, drop_loose
from fulfilment.actions._move import lock_work, move_row, still_picking, work_lines
from fulfilment.models import FulfilmentOrder
from fulfilment.pieces import Piece, known, matching, pieces
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


@dataclass(frozen=True)
class Taken:
    """What a scan at the shelf came to: `done` of `asked` units of `name` are in hand."""

    name: str
    done: int
    asked: int


@transaction.atomic
def pick_line(number: str, *, code: str, qty: int = 1, actor: Any) -> Taken:
    """Count `qty` units of the SKU or barcode `code` as picked, on as many lines as ask for it.

    A kit is picked when all its components are. Refuses a wrong item and more than asked.
    """
    order, fo = lock_work(number)
    if fo.status != WorkStatus.PICKING:
        raise Refused("not_picking", f"{number} is not being picked. Start the pick first.")
    if qty < 1:
        raise Refused("qty_not_positive", "Enter how many units you took: a whole number above zero.")
    every = pieces(work_lines(fo))
    found = matching(every, code)
    if not found:
        raise Refused("wrong_item", _not_here(number, code))
    asked = sum(p.asked for p in found)
    left = asked - sum(p.picked for p in found)
    if qty > left:
        raise Refused("too_many", _too_many(found[0], asked, left))
    done: Counter[int] = Counter()
    rest = qty
    for piece in found:
        units = min(rest, piece.asked - piece.picked)
        rest -= units
        if units:
            done[piece.row.line_id] += count(piece, every, "picked", units)
    if moved := {line: {"picked": units} for line, units in done.items() if units}:
        report_quantities(order, moved)
    return Taken(found[0].name, asked - left + qty, asked)


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


def _not_here(number: str, code: str) -> str:
    code = code.replace("\x00", "").strip()[:80]
    product = known(code)
    if product is None:
        return f"{code or 'That'} is not on {number}, and no product has that code. Scan again or type the SKU."
    return f"{product.name} ({product.sku}) is not on {number}. Put it back and scan again."


def _too_many(piece: Piece, asked: int, left: int) -> str:
    if not left:
        every = "The one unit is" if asked == 1 else f"All {asked} are"
        return f"{piece.name}: {every} taken already. Put this one back."
    return f"{piece.product.sku}: only {left} more {'is' if left == 1 else 'are'} asked for."
