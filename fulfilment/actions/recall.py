"""Take work back when the order, or a part of it, is cancelled."""

from typing import Any

from django.db.models import QuerySet

from fulfilment.actions._back import say_put_back
from fulfilment.actions._count import drop_loose, trim_loose
from fulfilment.actions._move import move_row, still_picking
from fulfilment.actions.supplier._work import fit_to_work, tell_order
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.rules import supplier_lets_go
from fulfilment.states import AT_DOOR, LIVE
from inventory.actions.purchases.drop_ship import give_up_for_customer
from inventory.actions.release import release_at
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_quantities, report_work
from orders.locks import lock_order
from orders.models import Order


def recall_all(order_number: str, *, reason: str, actor: Any) -> None:
    """Cancel the order's open work and labels; the cancellation itself gives the stock back."""
    order = lock_order(order_number)
    held = FulfilmentOrderLine.objects.filter(fo__order=order, fo__status__in=LIVE, qty_picked__gt=0)
    back = [(row, row.qty_picked) for row in held.select_related("fo", "product")]
    for fo in _live(order):
        end_work(fo, reason, actor)
    say_put_back(order, back, reason=reason, actor=actor)
    if order.supplier_units:
        tell_order(order)
    report_work(order, is_picking=False)


def recall_units(order_number: str, hard: dict[int, int], *, reason: str, actor: Any) -> None:
    """Take `hard` {line id: units} out of open work, un-picked units first, and free their stock where they lie."""
    order, freed, deltas, back = lock_order(order_number), {}, {}, []
    rows = FulfilmentOrderLine.objects.filter(fo__order=order, fo__status__in=LIVE, line_id__in=list(hard))
    rows = sorted(rows.select_related("fo__purchase", "product"), key=lambda row: row.qty_picked - row.qty)
    for row in rows:
        if row.fo.is_told:
            continue  # it may be on its way
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
        back.append((row, picked))
    stays = [row.fo for row in rows if row.fo.is_told and row.qty and hard[row.line_id] > 0]
    if stays:
        lets_go(stays[0])
    trim_loose(rows)
    for fo in {row.fo_id: row.fo for row in rows if row.fo.purchase_id}.values():
        fit_to_work(fo, actor=actor)
    for fo in _live(order).exclude(lines__qty__gt=0):
        end_work(fo, reason, actor)
    if order.supplier_units:
        tell_order(order)
    report_quantities(order, deltas)
    report_work(order, is_picking=still_picking(order))
    say_put_back(order, back, reason=reason, actor=actor)
    release_at(order_number, freed)


def _live(order: Order) -> QuerySet[FulfilmentOrder]:
    rows = FulfilmentOrder.objects.filter(order=order, status__in=LIVE)
    return rows.select_related("order", "purchase__supplier", "location")


def lets_go(fo: FulfilmentOrder) -> None:
    """Refuse to take anything from a supplier who was asked for it."""
    if refusal := supplier_lets_go(fo):
        raise Refused.because([refusal])


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
    lets_go(fo)
    if fo.purchase and fo.purchase.status == "draft":
        units = {line.pk: line.qty_open for line in fo.purchase.lines.all()}
        give_up_for_customer(fo.purchase.number, units, reason=reason or "Not wanted any more", actor=actor)
    fo.ended_at, fo.end_reason = now(), reason[:300]
    move_row(
        fo, "cancel", machine="fulfilment", event="fulfilment.cancelled", actor=actor, saved=("ended_at", "end_reason")
    )
