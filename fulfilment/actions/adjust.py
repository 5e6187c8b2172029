"""Bring the warehouse's work in line with an amended order."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from fulfilment.actions.create import create_work, uncovered
from fulfilment.actions.label import cancel_shipment
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import AT_DOOR, WorkStatus
from oms.events.publish import publish
from orders.locks import lock_order
from orders.models import Order


@transaction.atomic
def adjust_work(order_number: str, *, actor: Any) -> None:
    """Put newly promised units into work that nobody has begun at their place, and open work for the rest."""
    order = lock_order(order_number)
    for (location_id, ship_to_id), rows in uncovered(order).items():
        here = FulfilmentOrder.objects.filter(order=order, location_id=location_id, status=WorkStatus.OPEN)
        if fo := here.filter(ship_to=ship_to_id).first():
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
    for number in order.shipments.filter(wrong, status__in=AT_DOOR).values_list("number", flat=True):
        cancel_shipment(number, reason=reason, actor=actor)


def _top_up(order: Order, fo: FulfilmentOrder, rows: list[tuple[int, int, int]], actor: Any) -> None:
    there = {row.line_id: row for row in FulfilmentOrderLine.objects.filter(fo=fo)}
    for line_id, product_id, qty in rows:
        row = there.get(line_id) or FulfilmentOrderLine(fo=fo, line_id=line_id, product_id=product_id, qty=0)
        row.qty += qty
        row.save()
    units = sum(qty for _, _, qty in rows)
    publish("fulfilment.adjusted", subject=fo.number, stream=order.number, actor=actor, label=f"{units} more to pick")
