"""Bring the warehouse's work in line with orders whose units have changed hands: nothing is released, nothing packed moves."""

from collections import Counter, defaultdict
from typing import Any

from django.db import transaction

from fulfilment.actions._back import say_put_back
from fulfilment.actions._count import trim_loose
from fulfilment.actions._move import still_picking
from fulfilment.actions.adjust import adjust_work
from fulfilment.actions.recall import end_work, lets_go
from fulfilment.actions.supplier._work import fit_to_work, tell_order
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import LIVE, WorkStatus
from inventory.models import Allocation
from orders.actions.progress import report_quantities, report_work
from orders.locks import lock_order
from orders.models import Order


@transaction.atomic
def fit_work(giver: str, taker: str, *, reason: str, actor: Any) -> None:
    """Take what is not promised to the giver any more, or goes elsewhere, out of its live work; give the taker its work.

    Un-picked units first. Picked units that leave are put back on the shelf and picked anew for the taker.
    """
    order, picked = lock_order(giver), Counter[int]()
    back: list[tuple[FulfilmentOrderLine, int]] = []
    suppliers: dict[int, FulfilmentOrder] = {}
    for row in _astray(order):
        back.append((row, _take(row, row.qty)))
        if row.fo.status == WorkStatus.WITH_SUPPLIER:
            suppliers[row.fo_id] = row.fo
    for (line_id, location_id), excess in _excess(giver).items():
        rows = FulfilmentOrderLine.objects.filter(line_id=line_id, fo__location_id=location_id, fo__status__in=LIVE)
        rows = rows.select_related("fo__purchase__supplier", "product")
        for row in sorted(rows.filter(fo__order=order), key=lambda row: row.qty_picked - row.qty):
            before = row.qty
            back.append((row, _take(row, excess)))
            excess -= before - row.qty
            if row.fo.status == WorkStatus.WITH_SUPPLIER and before != row.qty:
                suppliers[row.fo_id] = row.fo
    for row, units in back:
        picked[row.line_id] += units
    for fo in suppliers.values():
        fit_to_work(fo, actor=actor)
    live = FulfilmentOrder.objects.filter(order=order, status__in=LIVE).select_related("order", "purchase__supplier")
    for fo in live.exclude(lines__qty__gt=0):
        end_work(fo, reason, actor)
    if order.supplier_units:
        tell_order(order)
    say_put_back(order, back, reason=reason, actor=actor)
    report_quantities(order, {line_id: {"picked": -units} for line_id, units in picked.items()})
    report_work(order, is_picking=still_picking(order))
    adjust_work(taker, actor=actor)


def _astray(order: Order) -> list[FulfilmentOrderLine]:
    """Lines in live work that goes to another address than they do."""
    if order.address_count == 1:
        return []
    rows = FulfilmentOrderLine.objects.filter(fo__order=order, fo__status__in=LIVE).select_related(
        "fo__purchase__supplier", "line", "product"
    )
    return [row for row in rows if row.fo.ship_to_id != row.line.ship_to_id]


def _take(row: FulfilmentOrderLine, most: int) -> int:
    """Take up to `most` units that are not packed out of the work; returns how many of them were picked."""
    take = max(0, min(most, row.qty - row.qty_packed))
    if take:
        lets_go(row.fo)
    picked = max(0, take - (row.qty - row.qty_picked))
    if take:
        row.qty, row.qty_picked = row.qty - take, row.qty_picked - picked
        row.save(update_fields=["qty", "qty_picked"])
        trim_loose([row])
    return picked


def _excess(order_number: str) -> dict[tuple[int, int], int]:
    """Units in live work beyond what is hard-held: (line id, location id) -> units."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    rows = FulfilmentOrderLine.objects.filter(fo__order__number=order_number, fo__status__in=LIVE)
    for line_id, location_id, qty, gone in rows.values_list("line_id", "fo__location_id", "qty", "qty_dispatched"):
        found[line_id, location_id] += qty - gone
    for held in Allocation.objects.filter(order_number=order_number, kind="hard"):
        found[held.line_id, held.location_id] -= held.qty
    return {place: qty for place, qty in found.items() if qty > 0}
