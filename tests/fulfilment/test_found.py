"""A lost parcel turns up: on its way, at the customer, or on its way back to us."""

from datetime import timedelta

import pytest

from fulfilment.actions import parcel
from fulfilment.actions.answer_loss import refund_loss
from fulfilment.actions.find import find, find_delivered, find_returning
from fulfilment.models import FulfilmentOrder, Shipment
from fulfilment.parcel_moves import offers
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.finish import close_order
from orders.models import Order
from payments.models import Refund
from returns.models import Return
from tests.fulfilment.steps import on_road, paid_back, released, sick
from tests.stories import Stock, again, stock_of


@pytest.fixture
def lost(shop, bo) -> Shipment:
    shipment = on_road(released(bo), bo)
    return parcel.lose(shipment.number, reason="Not at the hub", actor=bo)


def status_of(number: str) -> tuple[str, str]:
    fo = FulfilmentOrder.objects.get(shipments__number=number)
    return Shipment.objects.get(number=number).status, fo.status


def test_a_found_parcel_goes_on_to_the_customer(lost, bo):
    assert again(lost.order).status == "completed"
    find(lost.number, reason="Was behind the belt", actor=bo)
    order = again(lost.order)
    assert (order.status, order.qty_written_off, order.fulfilment_status) == ("processing", 0, "dispatched")
    assert status_of(lost.number) == ("in_transit", "dispatched")
    parcel.deliver(lost.number, actor=bo)
    order = again(lost.order)
    assert (order.status, order.qty_delivered) == ("completed", 2)
    assert status_of(lost.number) == ("delivered", "completed")
    assert stock_of("MUG") == Stock(on_hand=8)  # it left once, and only once
    assert sick() == {}


def test_a_parcel_found_at_the_customer_counts_as_delivered(lost, bo):
    find_delivered(lost.number, reason="Customer has had it since Monday", actor=bo)
    order = again(lost.order)
    assert (order.status, order.qty_written_off, order.qty_delivered) == ("completed", 0, 2)
    assert order.delivered_at is not None
    assert status_of(lost.number) == ("delivered", "completed")
    assert sick() == {}


def test_a_parcel_found_on_its_way_back_is_received_like_any_other(lost, bo):
    find_returning(lost.number, reason="Carrier sends it back", actor=bo)
    assert again(lost.order).fulfilment_status == "returning_to_origin"
    parcel.receive_rto(lost.number, actor=bo)
    order = again(lost.order)
    assert (order.qty_rto, order.qty_returning, order.qty_written_off) == (2, 0, 0)
    assert Return.objects.get().type == "rto"
    assert sick() == {}


def test_the_history_keeps_the_loss_and_the_finding(lost, bo):
    find(lost.number, reason="Was behind the belt", actor=bo)
    assert list(lost.tracking_events.values_list("status", "text")) == [
        ("in_transit", "Was behind the belt"), ("lost", "Not at the hub"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("in_transit", "in_transit"), ("out_for_delivery", "out_for_delivery"), ("attempt_failed", "attempt_failed"),
        ("delivered", "delivered"), ("rto_in_transit", "rto_in_transit"),
    ],
)  # fmt: skip
def test_the_carriers_own_word_finds_it_too(lost, bo, word, status):
    assert parcel.hear(lost.number, status=word, at=now() + timedelta(minutes=5), actor="system")
    assert Shipment.objects.get().status == status
    assert again(lost.order).qty_written_off == 0
    assert sick() == {}


def test_a_parcel_found_in_pieces_stays_written_off(lost, bo):
    parcel.damage(lost.number, reason="Run over", actor=bo)
    assert (again(lost.order).qty_written_off, Shipment.objects.get().status) == (2, "damaged")
    assert sick() == {}


def test_finding_needs_a_reason_and_a_lost_parcel(lost, shop, bo):
    with pytest.raises(Refused, match="Say what happened"):
        find(lost.number, reason=" ", actor=bo)
    other = on_road(released(bo), bo, tracking="T-2")
    with pytest.raises(Refused, match="Not possible while picked up"):
        find(other.number, reason="It never was", actor=bo)


def test_a_closed_order_is_reopened_before_its_parcel_is_found(lost, bo, fay):
    refund_loss(lost.number, actor=bo)
    paid_back(Refund.objects.get(), fay)
    Order.objects.filter(pk=lost.order.pk).update(completed_at=now() - timedelta(days=90), return_window_days=0)
    close_order(lost.order.number, actor=bo)
    with pytest.raises(Refused, match="Reopen its books first"):
        find(lost.number, reason="Was behind the belt", actor=bo)
    found = {o.move: o.reason for o in offers(Shipment.objects.get(), bo)}
    assert "Reopen its books first" in found["find"]
