"""Bring the warehouse's work in line with an amended order."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from fulfilment.actions.create import create_work, uncovered
from fulfilment.actions.label import cancel_shipment
from fulfilment.actions.supplier._work import fit_to_work, tell_order
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import AT_DOOR, WorkStatus
from inventory.actions.purchases.drop_ship import add_lines, readdress_draft
from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.models import Order

NOT_TOLD = Q(status=WorkStatus.WITH_SUPPLIER, purchase__status="draft")  # the supplier does not know of it yet


@transaction.atomic
def adjust_work(order_number: str, *, actor: Any) -> None:
    """Put newly promised units into work that nobody has begun at their place, and open work for the rest."""
    order = lock_order(order_number)
    for (location_id, ship_to_id), rows in uncovered(order).items():
        here = FulfilmentOrder.objects.filter(order=order, location_id=location_id, ship_to=ship_to_id)
        if fo := here.filter(Q(status=WorkStatus.OPEN) | NOT_TOLD).select_related("purchase").first():
            _top_up(order, fo, rows, actor)
    create_work(order_number)


@transaction.atomic
def take_labels_off(order_number: str, *, own: bool, places: Collection[int], reason: str, actor: Any) -> None:
    """Cancel the labels of parcels that stand at the door: they say an address that is not true any more.

    Of parcels to the order's `own` address, and to its further ones of the numbers `places`.
    """
    order = lock_order(order_number)
    wrong = Q(fulfilment_order__ship_to__position__in=places)
    if own:
        wrong |= Q(fulfilment_order__ship_to__isnull=True)
    _readdress(order, own=own, places=places)
    for number in order.shipments.filter(wrong, status__in=AT_DOOR).values_list("number", flat=True):
        cancel_shipment(number, reason=reason, actor=actor)


def _readdress(order: Order, *, own: bool, places: Collection[int]) -> None:
    """What a supplier will send follows the new address, unless they have the old one."""
    mine = Q(ship_to__position__in=places)
    if own:
        mine |= Q(ship_to__isnull=True)
    rows = FulfilmentOrder.objects.filter(mine, order=order, status=WorkStatus.WITH_SUPPLIER)
    for fo in rows.select_related("purchase", "location", "ship_to", "order"):
        if fo.is_told:
            raise Refused(
                "supplier_told",
                f"{fo.location.name} was asked to send {fo.number} to the old address. Ask them to stop first.",
            )
        if fo.purchase:
            readdress_draft(fo.purchase.number, fo.address)


def _top_up(order: Order, fo: FulfilmentOrder, rows: list[tuple[int, int, int]], actor: Any) -> None:
    there = {row.line_id: row for row in FulfilmentOrderLine.objects.filter(fo=fo)}
    for line_id, product_id, qty in rows:
        row = there.get(line_id) or FulfilmentOrderLine(fo=fo, line_id=line_id, product_id=product_id, qty=0)
        row.qty += qty
        if fo.purchase and not row.purchase_line_id:
            row.purchase_line = add_lines(fo.purchase, [(product_id, row.qty)])[0]
        row.save()
    if fo.purchase:
        fit_to_work(fo, actor=actor)
        tell_order(order)
    units = sum(qty for _, _, qty in rows)
    publish("fulfilment.adjusted", subject=fo.number, stream=order.number, actor=actor, label=f"{units} more to pick")
