"""What every move of warehouse work and of a parcel shares: lock, require, transition, save, say."""

from typing import Any

from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, Loss, Shipment
from fulfilment.states import WorkStatus
from oms.events.publish import publish_move
from oms.kernel.db import fetch
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from orders.locks import lock_order
from orders.models import Order


def lock_work(number: str) -> tuple[Order, FulfilmentOrder]:
    """Lock the order behind `number` and read its warehouse work afresh; its `order` is the locked one."""
    order = _lock_order_of("fulfilment_fulfilmentorder", number)
    if order is None:
        raise Refused("work_not_found", f"There is no fulfilment order {number}.")
    fo = FulfilmentOrder.objects.select_related("location", "purchase__supplier").get(number=number)
    fo.order = order
    return order, fo


def lock_shipment(number: str) -> tuple[Order, Shipment]:
    """Lock the order behind the shipment and read the shipment afresh; its `order` is the locked one."""
    order = _lock_order_of("fulfilment_shipment", number)
    if order is None:
        raise Refused("shipment_not_found", f"There is no shipment {number}.")
    shipment = Shipment.objects.select_related("carrier", "fulfilment_order").get(number=number)
    shipment.order = order
    return order, shipment


def _lock_order_of(table: str, number: str) -> Order | None:
    """None when `table` knows no such number. Every scan comes through here: by a prepared statement."""
    ask = f"SELECT o.number FROM {table} r JOIN orders_order o ON o.id = r.order_id WHERE r.number = %s"  # noqa: S608
    found = fetch(ask, [number])
    return lock_order(found[0][0]) if found else None


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
