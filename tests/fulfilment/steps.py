"""Warehouse work brought to a state through the real actions."""

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.models import FulfilmentOrder, Shipment
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from orders.actions.release import release_order
from orders.models import Order
from payments.actions.refund import approve_refund, send_refund, succeed_refund
from payments.models import Refund
from tests.stories import placed


def released(actor, *lines: tuple[str, int], **changes) -> Order:
    """A paid order that the warehouse may work on."""
    lines = lines or (("MUG", 2),)
    order = placed(*lines, **({"paid": f"{sum(n for _, n in lines) * 100}.00"} | changes))
    confirm_order(order.number, actor=actor)
    return release_order(order.number, actor=actor)


def work_of(order: Order) -> FulfilmentOrder:
    return FulfilmentOrder.objects.filter(order=order).exclude(status__in=("cancelled", "rejected")).get()


def picking(order: Order, actor) -> FulfilmentOrder:
    return start_pick(work_of(order).number, actor=actor)


def picked(order: Order, actor) -> FulfilmentOrder:
    fo = picking(order, actor)
    for row in fo.lines.select_related("product"):
        pick_line(fo.number, code=row.product.sku, qty=row.qty, actor=actor)
    return finish_pick(fo.number, actor=actor)


def packed(order: Order, actor) -> FulfilmentOrder:
    fo = picked(order, actor)
    return pack_all(fo, actor)


def pack_all(fo: FulfilmentOrder, actor) -> FulfilmentOrder:
    for row in fo.lines.select_related("product"):
        for _ in range(row.qty_picked - row.qty_packed):
            scan(fo.number, code=row.product.sku, actor=actor)
    return finish_pack(fo.number, actor=actor)


def on_road(order: Order, actor, tracking: str = "T-1") -> Shipment:
    return dispatch(packed(order, actor).number, carrier="own", tracking_number=tracking, actor=actor)


def paid_back(refund: Refund, fay) -> None:
    """Finance approves and sends it, and it arrives."""
    approve_refund(refund.number, actor=fay)
    send_refund(refund.number, reference="UTR-1", actor=fay)
    succeed_refund(refund.number, actor=fay)


def sick() -> dict[str, list]:
    """What doctor finds; empty is health."""
    return {code: found for code, found in run_all().items() if found}
