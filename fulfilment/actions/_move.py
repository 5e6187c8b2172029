"""What every move of warehouse work and of a parcel shares: lock, require, transition, save, say."""

from typing import Any

from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, Loss, Shipment
from fulfilment.states import WorkStatus
from oms.events.publish import publish_move
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from orders.locks import lock_order
from orders.models import Order


def lock_work(number: str) -> tuple[Order, FulfilmentOrder]:
    """Lock the order behind `number` and read its warehouse work afresh."""
    order_number = FulfilmentOrder.objects.filter(number=number).values_list("order__number", flat=True).first()
    if order_number is None:
        raise Refused("work_not_found", f"There is no fulfilment order {number}.")
    order = lock_order(order_number)
    return order, FulfilmentOrder.objects.select_related("location", "purchase__supplier").get(number=number)


def lock_shipment(number: str) -> tuple[Order, Shipment]:
    """Lock the order behind the shipment and read the shipment afresh."""
    order_number = Shipment.objects.filter(number=number).values_list("order__number", flat=True).first()
    if order_number is None:
        raise Refused("shipment_not_found", f"There is no shipment {number}.")
    order = lock_order(order_number)
    return order, Shipment.objects.select_related("carrier", "fulfilment_order").get(number=number)


def work_lines(fo: FulfilmentOrder) -> list[FulfilmentOrderLine]:
    return list(FulfilmentOrderLine.objects.filter(fo=fo).select_related("line", "product").order_by("pk"))


def still_picking(order: Order) -> bool:
    return FulfilmentOrder.objects.filter(order=order, status=WorkStatus.PICKING).exists()


def move_row(
    row: FulfilmentOrder | Shipment | Loss, move: str, *, machine: str, event: str, actor: Any, saved=(), **payload
) -> None:
    """Make `move` on a row whose order is locked, save it with `saved` columns and publish it on the order's stream."""
    require(row, move)
    source = row.status
    getattr(row, move)()
    row.save(update_fields=["status", *saved])
    publish_move(
        event, subject=row.number, actor=actor, stream=row.order.number, machine=machine, move=move,
        source=source, target=row.status, **payload,
    )  # fmt: skip
