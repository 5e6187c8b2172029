"""A location says no: its work goes to others and never comes back to it."""

from typing import Any

from django.db import transaction

from fulfilment.actions._count import drop_loose
from fulfilment.actions._move import lock_work, move_row, still_picking, work_lines
from fulfilment.actions.create import create_work
from fulfilment.actions.reroute import free_here, lock_the_move, reserve_elsewhere
from inventory.actions.reserve import Reserved
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_work


@transaction.atomic
def reject_work(number: str, *, reason: str, actor: Any) -> Reserved:
    """End `number` at its location and look for all its units elsewhere; what nobody has waits as a back-order.

    Refuses without a reason and once the pick is finished.
    """
    order, fo = lock_work(number)
    if not (why := reason.replace("\x00", "").strip()):
        raise Refused("reason_missing", "Say why this location cannot do it; the next one reads it.")
    fo.ended_at, fo.end_reason = now(), why[:300]
    rows = [row for row in work_lines(fo) if row.qty]
    move_row(
        fo, "reject", machine="fulfilment", event="fulfilment.rejected", actor=actor,
        saved=("ended_at", "end_reason"), reason=why[:300], location=fo.location.code,
    )  # fmt: skip
    fo.lines.update(qty_picked=0)
    drop_loose(fo)
    report_work(order, is_picking=still_picking(order))
    lock_the_move(order, away_from=[fo.location_id], product_ids=[row.product_id for row in rows])
    free_here(order, fo.location_id, {row.line_id: row.qty for row in rows})
    got = reserve_elsewhere(
        order, {row.line_id: (row.product_id, row.qty) for row in rows}, away_from=[fo.location_id],
        picked={row.line_id: row.qty_picked for row in rows},
    )  # fmt: skip
    create_work(order.number)
    return got
