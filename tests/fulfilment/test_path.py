"""From a confirmed order to the customer's door, through the real actions."""

import pytest

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.parcel import deliver
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.models import FulfilmentOrder, Shipment
from oms.kernel.errors import Refused
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.release import release_order
from tests.stories import Stock, again, placed, stock_of


def picked(order, actor) -> FulfilmentOrder:
    fo = FulfilmentOrder.objects.get(order=order)
    start_pick(fo.number, actor=actor)
    for row in fo.lines.select_related("product"):
        pick_line(fo.number, code=row.product.sku, qty=row.qty, actor=actor)
    return finish_pick(fo.number, actor=actor)


def confirmed(actor, qty=2):
    order = placed(("MUG", qty), paid=f"{qty * 100}.00")
    confirm_order(order.number, actor=actor)
    release_order(order.number, actor=actor)
    return order


def test_the_last_units_reach_the_customer_and_leave_the_shelf_once(shop, ana):
    order = confirmed(ana, 10)
    fo = picked(order, ana)
    answers = [scan(fo.number, code="MUG", actor=ana) for _ in range(10)]
    assert answers == ["ok"] * 9 + ["complete"]
    finish_pack(fo.number, actor=ana)
    assert stock_of("MUG") == Stock(on_hand=10, allocated=10)
    shipment = dispatch(fo.number, carrier="own", tracking_number="T-1", actor=ana)
    assert stock_of("MUG") == Stock()
    with pytest.raises(Refused):
        dispatch(fo.number, carrier="own", tracking_number="T-1", actor=ana)
    deliver(shipment.number, actor=ana)
    order = again(order)
    assert (order.fulfilment_status, order.qty_delivered, order.qty_allocated) == ("delivered", 10, 0)
    assert order.delivered_at and Shipment.objects.get().status == "delivered"
    assert FulfilmentOrder.objects.get().status == "completed"


def test_a_wrong_scan_is_logged_and_counts_nothing(shop, ana):
    fo = picked(confirmed(ana), ana)
    assert scan(fo.number, code="LAMP", actor=ana) == "wrong"
    log = fo.scans.get()
    assert (log.verdict, log.code, log.name, log.fo_line) == ("wrong", "LAMP", "Desk lamp", None)
    assert again(fo.order).qty_packed == 0
    with pytest.raises(Refused, match="not packed yet"):
        finish_pack(fo.number, actor=ana)


def test_cancelling_takes_the_work_back_and_frees_every_unit(shop, ana):
    order = confirmed(ana)
    picked(order, ana)
    cancel_order(order.number, reason="other", actor=ana)
    assert FulfilmentOrder.objects.get().status == "cancelled"
    assert stock_of("MUG") == Stock(on_hand=10)
