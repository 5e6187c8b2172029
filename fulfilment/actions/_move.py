"""What every move of warehouse work and of a parcel shares: lock, require, transition, save, say."""

from typing import Any

from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, Loss, Shipment
from fulfilment.states import WorkStatus
from oms.events.publish import publish_move
from oms.kernel.db import fetch
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.load import load
from orders.locks import lock_order_of
from orders.models import Order


def lock_work(number: str) -> tuple[Order, FulfilmentOrder]:
    """Lock the order behind `number` and read its warehouse work afresh; its `order` is the locked one."""
    order = lock_order_of(FulfilmentOrder, number)
    if order is None:
        raise Refused("work_not_found", f"There is no fulfilment order {number}.")
    (fo,) = load(FulfilmentOrder, "m.number = %s", [number], joined=("location", "purchase__supplier"))
    fo.order = order
    return order, fo


def lock_shipment(number: str) -> tuple[Order, Shipment]:
    """Lock the order behind the shipment and read the shipment afresh; its `order` is the locked one."""
    order = lock_order_of(Shipment, number)
    if order is None:
        raise Refused("shipment_not_found", f"There is no shipment {number}.")
    (shipment,) = load(Shipment, "m.number = %s", [number], joined=("carrier", "fulfilment_order"))
    shipment.order = order
    return order, shipment


def work_lines(fo: FulfilmentOrder) -> list[FulfilmentOrderLine]:
    return load(FulfilmentOrderLine, "m.fo_id = %s::bigint ORDER BY m.id", [fo.pk], joined=("line", "product"))


def still_picking(order: Order) -> bool:
    ask = "SELECT FROM fulfilment_fulfilmentorder WHERE order_id = %s::bigint AND status = %s"
    return fetch(f"SELECT EXISTS ({ask})", [order.pk, WorkStatus.PICKING])[0][0]


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
