"""Pack: scan each unit, answer at once, close the parcel."""

from typing import Any

from django.db import transaction

from fulfilment.actions._move import lock_work, move_row, work_lines
from fulfilment.models import FulfilmentOrder
from fulfilment.states import WorkStatus
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_quantities


@transaction.atomic
def scan(number: str, *, code: str, undo: bool = False, actor: Any) -> str:
    """Put one unit of `code` in the parcel (or take it out); answers ok or complete, refuses anything wrong."""
    order, fo = lock_work(number)
    if fo.status != WorkStatus.PICKED:
        raise Refused("not_packing", f"{number} is {fo.get_status_display().lower()}; nothing can be packed now.")
    rows = work_lines(fo)
    matching = [r for r in rows if code and code in (r.product.sku, r.product.barcode)]
    if not matching:
        raise Refused("wrong_item", f"Wrong item: {code or 'nothing'} does not belong in {number}. Take it out.")
    step = -1 if undo else 1
    row = next((r for r in matching if (r.qty_packed > 0 if undo else r.qty_packed < r.qty_picked)), None)
    if row is None:
        raise Refused("too_many", f"{code}: all {sum(r.qty_packed for r in matching)} are already counted.")
    row.qty_packed += step
    row.save(update_fields=["qty_packed"])
    report_quantities(order, {row.line_id: {"packed": step}})
    return "complete" if all(r.qty_packed == r.qty_picked for r in rows) else "ok"


@transaction.atomic
def finish_pack(number: str, *, actor: Any) -> FulfilmentOrder:
    """Close the parcel. Refuses while picked units are not scanned."""
    _, fo = lock_work(number)
    fo.packed_at = now()
    move_row(fo, "finish_pack", machine="fulfilment", event="fulfilment.packed", actor=actor, saved=("packed_at",))
    return fo
