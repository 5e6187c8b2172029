"""Close a parcel with what is in it and leave the rest for another one."""

from typing import Any

from django.db import transaction

from fulfilment.actions._move import move_row, work_lines
from fulfilment.actions.pack import at_table
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, LoosePart
from fulfilment.states import WorkStatus
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number


@transaction.atomic
def split_parcel(number: str, *, actor: Any) -> FulfilmentOrder:
    """Pack what is scanned as one parcel and return new work on the table with the units that are not.

    Refuses when nothing is scanned yet, when nothing is left over, and while a kit is half scanned.
    """
    order, fo = at_table(number)
    rows = work_lines(fo)
    rest = {row: row.qty_picked - row.qty_packed for row in rows if row.qty_picked > row.qty_packed}
    if LoosePart.objects.filter(row__in=rows).exists():
        raise Refused("kit_open", "A kit is only half in the parcel. Scan the rest of it, or take it out.")
    if not any(row.qty_packed for row in rows):
        raise Refused("parcel_empty", "This parcel is empty. Scan what goes into it first.")
    if not rest:
        raise Refused("nothing_left_over", "Everything is in this parcel already; finish it.")
    other = FulfilmentOrder.objects.create(
        number=next_number("fulfilment_order_number_seq", "FO"), order=order, location=fo.location, due_at=fo.due_at,
        ship_to_id=fo.ship_to_id, status=WorkStatus.PICKED, assignee=fo.assignee, picking_at=fo.picking_at, picked_at=fo.picked_at,
    )  # fmt: skip
    FulfilmentOrderLine.objects.bulk_create(
        FulfilmentOrderLine(fo=other, line_id=r.line_id, product_id=r.product_id, qty=n, qty_picked=n)
        for r, n in rest.items()
    )
    for row in rest:
        row.qty = row.qty_picked = row.qty_packed
        row.save(update_fields=["qty", "qty_picked"])
    publish_move(
        "fulfilment.split", subject=other.number, actor=actor, stream=order.number, machine="fulfilment",
        move="create", source="", target=other.status, parcel=number,
    )  # fmt: skip
    fo.packed_at = now()
    move_row(fo, "finish_pack", machine="fulfilment", event="fulfilment.packed", actor=actor, saved=("packed_at",))
    return other
