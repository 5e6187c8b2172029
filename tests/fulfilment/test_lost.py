"""A parcel that is lost: who decides what the customer gets, what it costs, and the claim on the carrier."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fulfilment.actions import parcel
from fulfilment.actions.answer_loss import refund_loss, send_lost_again
from fulfilment.actions.claim import drop_claim, file_claim, refuse_claim, settle_claim
from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.find import find, find_delivered
from fulfilment.actions.pack import scan
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.actions.split import split_parcel
from fulfilment.models import Carrier, FulfilmentOrder, Loss, Shipment
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.models import Order
from orders.rules import no_open_loss
from payments.models import Refund
from reports.home import queues
from tests.fulfilment.steps import on_road, pack_all, paid_back, picked, released, sick
from tests.stories import Stock, again, said, stock_of


def lose(shipment: Shipment, bo) -> Loss:
    parcel.lose(shipment.number, reason="Not at the hub", actor=bo)
    return Loss.objects.get(shipment=shipment)


@pytest.fixture
def lost(shop, bo) -> Loss:
    """The only parcel of an order that was paid: two mugs, ₹200."""
    return lose(on_road(released(bo), bo), bo)


def test_support_is_asked_for_an_answer_with_its_amount_and_its_clock(lost, cy):
    order = again(lost.order)
    assert (order.next_action, order.owner_team, order.due_at) == ("answer_loss", "support", lost.answer_by)
    assert order.next_text == "Send again or refund: ₹200.00 of goods lost"
    assert [b["text"] for b in order.blockers] == [
        "Goods of ₹200.00 are lost, Support has not answered the customer yet"
    ]
    assert no_open_loss(order).message == "Goods of ₹200.00 are lost; send them again or give the money back first."
    queue = next(queue for queue in queues(cy, "support") if queue.title == "Lost parcels")
    assert [(o.number, o.act_label, o.act_url) for o in queue.orders] == [
        (order.number, "Answer", f"/warehouse/shipments/{lost.shipment.number}/")
    ]
    assert sick() == {}


def test_sent_again_it_is_work_like_any_other_and_costs_nothing_more(lost, bo):
    send_lost_again(lost.shipment.number, actor=bo)
    order = again(lost.order)
    assert (order.status, order.stage, order.next_action) == ("processing", "ready_to_pack", "pick")
    assert (order.qty_dispatched, order.qty_written_off, order.qty_allocated, order.balance_due) == (0, 0, 2, 0)
    fo = FulfilmentOrder.objects.get(order=order, status="open")
    start_pick(fo.number, actor=bo)
    pick_line(fo.number, code="MUG", qty=2, actor=bo)
    pack_all(finish_pick(fo.number, actor=bo), bo)
    second = dispatch(fo.number, carrier="own", tracking_number="T-2", actor=bo)
    parcel.deliver(second.number, actor=bo)
    order = again(order)
    assert (order.status, order.qty_delivered, order.next_action) == ("completed", 2, "")
    assert stock_of("MUG") == Stock(on_hand=6)  # four mugs left the house
    with pytest.raises(Refused, match="was sent again"):
        find(lost.shipment.number, reason="Behind the belt", actor=bo)
    later = now() + timedelta(minutes=5)
    assert parcel.hear(lost.shipment.number, status="delivered", at=later, actor="system") is False
    assert sick() == {}


def test_what_nobody_has_on_the_shelf_waits_for_stock(shop, bo):
    loss = lose(on_road(released(bo, ("KETTLE", 10)), bo), bo)
    send_lost_again(loss.shipment.number, actor=bo)
    order = again(loss.order)
    assert (order.qty_backordered, order.stage) == (10, "awaiting_stock")
    assert sick() == {}


def test_refunded_the_money_goes_back_and_the_order_can_be_closed(lost, bo, fay):
    refund_loss(lost.shipment.number, actor=bo)
    lost.refresh_from_db()
    order, refund = again(lost.order), Refund.objects.get()
    assert (refund.number, refund.amount, refund.reason) == (lost.refund_number, 200, f"{lost.shipment.number} is lost")
    assert (order.written_off_total, order.next_action, order.owner_team) == (200, "refund", "finance")
    assert said(order)[-1] == "fulfilment.loss_refunded"
    for twice in (refund_loss, send_lost_again):
        with pytest.raises(Refused, match="answered already: money given back"):
            twice(lost.shipment.number, actor=bo)
    paid_back(refund, fay)
    assert (again(order).next_action, again(order).balance_due, no_open_loss(again(order))) == ("", 0, None)
    assert sick() == {}


def test_found_before_the_refund_is_sent_nothing_goes_back(lost, bo):
    refund_loss(lost.shipment.number, actor=bo)
    find_delivered(lost.shipment.number, reason="Has had it since Monday", actor=bo)
    order = again(lost.order)
    assert (Refund.objects.get().status, order.written_off_total, order.balance_due) == ("declined", 0, 0)
    assert (Loss.objects.get().answer, Loss.objects.get().status, order.next_action) == ("found", "dropped", "")
    assert sick() == {}


def test_found_after_the_refund_the_customer_owes_it_again(lost, bo, fay):
    refund_loss(lost.shipment.number, actor=bo)
    paid_back(Refund.objects.get(), fay)
    find_delivered(lost.shipment.number, reason="Has had it since Monday", actor=bo)
    assert (again(lost.order).next_text, again(lost.order).balance_due) == ("Collect ₹200.00", 200)
    assert sick() == {}


def test_lost_found_and_lost_again_it_is_asked_again(shop, bo):
    lost = lose(dispatch_with(released(bo), "bluedart", bo), bo)
    find(lost.shipment.number, reason="Behind the belt", actor=bo)
    assert again(lost.order).loss_due_at is None
    lose(lost.shipment, bo)
    lost.refresh_from_db()
    assert (lost.answer, lost.status, again(lost.order).next_action) == ("open", "due", "answer_loss")
    assert sick() == {}


def test_of_two_lost_parcels_each_has_its_own_share_to_the_last_coin(shop, bo):
    order, parcels = in_two_parcels(bo)
    first, second = (lose(p, bo) for p in parcels)
    assert first.worth + second.worth == order.total == again(order).loss_value
    refund_loss(first.shipment.number, actor=bo)
    order = again(order)
    assert (order.written_off_total, order.loss_value, order.next_action) == (first.worth, second.worth, "answer_loss")
    find(second.shipment.number, reason="Behind the belt", actor=bo)  # the first one's money stays given back
    assert (again(order).written_off_total, again(order).loss_due_at) == (first.worth, None)
    assert Refund.objects.get().status == "requested"
    assert sick() == {}


def test_a_claim_goes_its_own_way(shop, bo):
    loss = lose(dispatch_with(released(bo), "bluedart", bo), bo)
    number = loss.shipment.number
    assert (loss.status, loss.number) == ("due", f"{number}-C")
    with pytest.raises(Refused, match="above zero"):
        file_claim(number, amount=Decimal(0), reference="", actor=bo)
    file_claim(number, amount=Decimal("150.00"), reference="BD/77", actor=bo)
    refuse_claim(number, reason="Packed badly, they say", actor=bo)
    file_claim(number, amount=Decimal("150.00"), reference="BD/78", actor=bo)
    settle_claim(number, amount=Decimal("90.00"), actor=bo)
    loss.refresh_from_db()
    assert (loss.status, loss.recovered, loss.claim_reference, loss.answer) == ("paid", 90, "BD/78", "open")
    with pytest.raises(Refused):
        drop_claim(number, reason="Enough", actor=bo)
    assert sick() == {}


def test_a_claim_is_due_within_the_days_of_its_own_carrier(shop, client, bo, adam):
    bluedart, delhivery = (dispatch_with(released(bo), carrier, bo) for carrier in ("bluedart", "delhivery"))
    client.force_login(adam)
    carrier = bluedart.carrier
    row = {"code": "bluedart", "name": "Blue Dart", "answer_hours": "48", "is_active": "on"}
    url = f"/admin/fulfilment/carrier/{carrier.pk}/change/"
    assert "greater than or equal to 1" in client.post(url, row | {"claim_days": "0"}).content.decode()
    assert client.post(url, row | {"claim_days": "3"}).status_code == 302
    assert [lose(shipment, bo).claim_days for shipment in (bluedart, delhivery)] == [3, 14]
    client.force_login(bo)
    assert "3 days after the loss" in client.get(f"/warehouse/shipments/{bluedart.number}/").content.decode()
    Carrier.objects.update(claim_days=7)
    assert "3 days after the loss" in client.get(f"/warehouse/shipments/{bluedart.number}/").content.decode()
    find(bluedart.number, reason="At the hub", actor=bo)
    with time_is(now() + timedelta(days=5)):
        assert lose(bluedart, bo).claim_days == 7, "from the second loss, by what the carrier allows now"


def test_our_own_van_has_nobody_to_claim_from(lost):
    assert (lost.status, lost.claim_note) == ("dropped", "No carrier had it.")


def test_doctor_names_an_order_that_forgot_its_loss(lost):
    Order.objects.filter(pk=lost.order_id).update(loss_due_at=None)
    assert [found.subject for found in CHECKS["fulfilment.losses"].run()] == [lost.order.number]


def test_the_buttons_do_it_and_who_may_not_is_told(lost, client, cy, fay):
    url = f"/warehouse/shipments/{lost.shipment.number}/"
    client.force_login(fay)
    assert client.post(f"{url}loss/", {"answer": "refund"}).status_code == 403
    client.force_login(cy)
    for page in (url, f"/orders/{lost.order.number}/"):
        assert b"Refund \xe2\x82\xb9200.00" in client.get(page).content
    client.post(f"{url}claim/", {"step": "open_again"})
    client.post(f"{url}claim/", {"step": "file", "amount": "1O0", "reference": "X"})
    assert Loss.objects.get().status == "due"
    client.post(f"{url}claim/", {"step": "file", "amount": "100", "reference": "X"})
    client.post(f"{url}loss/", {"answer": "refund"})
    assert (Loss.objects.get().answer, Loss.objects.get().status) == ("refunded", "filed")
    assert b"Claim filed" in client.get("/warehouse/shipments/?view=claims").content


def dispatch_with(order: Order, carrier: str, bo) -> Shipment:
    fo = pack_all(picked(order, bo), bo)
    return dispatch(fo.number, carrier=carrier, tracking_number="B-1", actor=bo)


def in_two_parcels(bo) -> tuple[Order, list[Shipment]]:
    """Three mugs: one in the first parcel, two in the second."""
    order = released(bo, ("MUG", 3))
    first = picked(order, bo)
    scan(first.number, code="MUG", actor=bo)
    second = split_parcel(first.number, actor=bo)
    pack_all(second, bo)
    return order, [dispatch(fo.number, carrier="own", tracking_number=f"T-{fo.pk}", actor=bo) for fo in (first, second)]
