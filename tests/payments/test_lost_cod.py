"""Cash on delivery of a parcel that is lost: whose move it is, what the customer owes, and what if it turns up."""

from decimal import Decimal

import pytest
from django.db import connection

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.find import find, find_delivered
from fulfilment.actions.pack import scan
from fulfilment.actions.parcel import deliver, lose
from fulfilment.actions.split import split_parcel
from fulfilment.models import Shipment
from oms.events.relay import deliver_due
from oms.ops.doctor.registry import CHECKS
from orders.models import Order
from orders.rules import balance_zero
from payments.actions.void import void_payment
from reports.home import queues
from tests.fulfilment.steps import on_road, pack_all, picked, released, sick
from tests.stories import again, said


@pytest.fixture
def lost(shop, bo) -> tuple[Order, Shipment]:
    order = released(bo, ("MUG", 2), payment_terms="cod", paid="")
    shipment = on_road(order, bo)
    lose(shipment.number, reason="Not at the hub", actor=bo)
    return again(order), shipment


def test_finance_is_asked_to_void_it_and_then_nothing_is_owed(lost, fay, client):
    order, _ = lost
    assert (order.next_action, order.owner_team) == ("void_cod", "finance")
    assert order.next_text == "Void ₹200.00 cash on delivery, the parcel is lost"
    payment = order.payments.get()
    queue = next(queue for queue in queues(fay, "finance") if queue.title == "Match COD")
    assert [(o.number, o.act_label, o.act_url) for o in queue.orders] == [
        (order.number, "Void", payment.get_absolute_url())
    ]
    client.force_login(fay)
    client.post(f"/payments/{payment.number}/ending/", {"answer": "void", "reason": "Lost by the courier"})
    order = again(order)
    assert (order.next_action, order.balance_due, order.written_off_total) == ("", 0, 200)
    assert balance_zero(order) is None
    assert said(order)[-2:] == ["payments.written_off", "fulfilment.loss_written_off"]
    assert order.loss_due_at is None
    assert sick() == {}


@pytest.mark.parametrize("move", [find, find_delivered])
def test_a_parcel_found_after_that_is_collected_again(lost, bo, fay, move):
    order, shipment = lost
    void_payment(order.payments.get().number, reason="Lost by the courier", actor=fay)
    move(shipment.number, reason="Was behind the belt", actor=bo)
    assert (again(order).written_off_total, again(order).cod_outstanding) == (0, 200)
    if move is find:
        deliver(shipment.number, actor=bo)
    order = again(order)
    assert (order.next_action, order.payment_status, order.balance_due) == ("match_cod", "cod", 200)
    assert sorted(order.payments.values_list("status", flat=True)) == ["cod_collected", "voided"]
    assert sick() == {}


def test_a_found_parcel_nobody_had_voided_yet_goes_on_as_before(lost, bo):
    order, shipment = lost
    find(shipment.number, reason="Was behind the belt", actor=bo)
    assert (again(order).next_action, again(order).cod_outstanding) == ("deliver", 200)
    assert order.payments.get().status == "cod_due"
    assert sick() == {}


def test_the_cash_of_the_delivered_parcel_is_matched_when_the_other_is_lost(shop, bo):
    order = released(bo, ("MUG", 3), payment_terms="cod", paid="")
    first = picked(order, bo)
    scan(first.number, code="MUG", actor=bo)
    second = split_parcel(first.number, actor=bo)
    pack_all(second, bo)
    parcels = [dispatch(fo.number, carrier="own", tracking_number=f"T-{fo.pk}", actor=bo) for fo in (first, second)]
    deliver(parcels[0].number, actor=bo)
    lose(parcels[1].number, reason="Not at the hub", actor=bo)
    deliver_due()
    order = again(order)
    assert (order.next_action, order.owner_team) == ("match_cod", "finance")
    assert order.payments.get().status == "cod_collected"
    assert sick() == {}


def test_doctor_names_an_amount_written_off_for_nothing(shop, bo):
    order = released(bo)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET written_off_total = %s", [Decimal(5)])
    assert [found.subject for found in CHECKS["payments.written_off"].run()] == [order.number]
