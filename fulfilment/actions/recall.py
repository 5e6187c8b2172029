"""Take work back when the order, or a part of it, is cancelled."""

from typing import Any

from fulfilment.actions._count import drop_loose, trim_loose
from fulfilment.actions._move import move_row, still_picking
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import AT_DOOR, LIVE
from inventory.actions.release import release_at
from oms.kernel.clock import now
from orders.actions.progress import report_quantities, report_work
from orders.locks import lock_order


def recall_all(order_number: str, *, reason: str, actor: Any) -> None:
    """Cancel the order's open work and labels; the cancellation itself gives the stock back."""
    order = lock_order(order_number)
    for fo in FulfilmentOrder.objects.filter(order=order, status__in=LIVE).select_related("order"):
        end_work(fo, reason, actor)
    report_work(order, is_picking=False)


def recall_units(order_number: str, hard: dict[int, int], *, reason: str, actor: Any) -> None:
    """Take `hard` {line id: units} out of open work, un-picked units first, and free their stock where they lie."""
    order, freed, deltas = lock_order(order_number), {}, {}
    rows = FulfilmentOrderLine.objects.filter(fo__order=order, fo__status__in=LIVE, line_id__in=list(hard))
    rows = sorted(rows.select_related("fo"), key=lambda row: row.qty_picked - row.qty)
    for row in rows:
        take = min(hard[row.line_id], row.qty - row.qty_packed)
        if take <= 0:
            continue
        picked = max(0, take - (row.qty - row.qty_picked))
        hard[row.line_id] -= take
        row.qty, row.qty_picked = row.qty - take, row.qty_picked - picked
        row.save(update_fields=["qty", "qty_picked"])
        key = (row.line_id, row.fo.location_id)
        freed[key] = freed.get(key, 0) + take
        delta = deltas.setdefault(row.line_id, {"allocated": 0, "picked": 0})
        delta["allocated"] -= take
        delta["picked"] -= picked
    trim_loose(rows)
    for fo in FulfilmentOrder.objects.filter(order=order, status__in=LIVE).exclude(lines__qty__gt=0):
        end_work(fo, reason, actor)
    report_quantities(order, deltas)
    report_work(order, is_picking=still_picking(order))
    release_at(order_number, freed)


def end_work(fo: FulfilmentOrder, reason: str, actor: Any) -> None:
    """Cancel work that has nothing left to do; a parcel that still stands at the door is cancelled with it."""
    for parcel in fo.shipments.filter(status__in=AT_DOOR).select_related("order"):
        parcel.ended_at = now()
        move_row(
            parcel,
            "cancel",
            machine="shipment",
            event="fulfilment.shipment_cancelled",
            actor=actor,
            saved=("ended_at",),
        )
    drop_loose(fo)
    fo.ended_at, fo.end_reason = now(), reason[:300]
    move_row(
        fo, "cancel", machine="fulfilment", event="fulfilment.cancelled", actor=actor, saved=("ended_at", "end_reason")
    )
