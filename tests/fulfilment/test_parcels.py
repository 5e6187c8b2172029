"""A parcel from the label to its end: tracked, delivered, lost, damaged, brought back, cancelled."""

from datetime import timedelta

import pytest

from fulfilment.actions import parcel
from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.label import cancel_shipment, label_parcel, manifest
from fulfilment.actions.pack import reopen_pack
from fulfilment.models import FulfilmentOrder, Shipment
from fulfilment.parcel_moves import MOVES, offers
from fulfilment.states import ShipmentStatus, WorkStatus
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import edges
from orders.actions.cancel import cancel_order
from orders.actions.hold import hold_order
from returns.models import Return
from tests.fulfilment.steps import on_road, packed, released, sick
from tests.stories import Stock, again, stock_of


def labelled(actor) -> Shipment:
    fo = packed(released(actor), actor)
    return label_parcel(fo.number, carrier="delhivery", tracking_number="DL 1", actor=actor)


def test_a_labelled_parcel_goes_on_the_manifest_and_leaves_under_its_label(shop, bo):
    shipment = labelled(bo)
    fo = shipment.fulfilment_order
    assert (shipment.status, stock_of("MUG").on_hand) == ("label_ready", 10)
    with pytest.raises(Refused, match="label already"):
        label_parcel(fo.number, carrier="own", tracking_number="X", actor=bo)
    assert manifest(shipment.number, actor=bo).status == "manifested"
    left = dispatch(fo.number, actor=bo)
    assert (left.number, left.status, left.tracking_number) == (shipment.number, "picked_up", "DL 1")
    assert stock_of("MUG") == Stock(on_hand=8)
    assert left.track_url.endswith("/DL%201")
    assert sick() == {}


def test_a_label_can_be_cancelled_before_the_parcel_leaves_and_not_after(shop, bo):
    shipment = labelled(bo)
    fo = shipment.fulfilment_order
    with pytest.raises(Refused, match="Cancel that shipment first"):
        reopen_pack(fo.number, actor=bo)
    cancel_shipment(shipment.number, reason="Wrong carrier", actor=bo)
    assert FulfilmentOrder.objects.get().status == "packed"
    second = label_parcel(fo.number, carrier="own", tracking_number="O-2", actor=bo)
    dispatch(fo.number, actor=bo)
    with pytest.raises(Refused, match="Not possible while picked up"):
        cancel_shipment(second.number, actor=bo)
    assert sick() == {}


def test_cancelling_the_order_cancels_its_label(shop, ana):
    shipment = labelled(ana)
    cancel_order(shipment.order.number, reason="other", actor=ana)
    shipment.refresh_from_db()
    assert shipment.status == "cancelled"
    assert sick() == {}


@pytest.mark.parametrize(
    ("carrier", "tracking", "says"),
    [("", "T", "carrier"), ("nobody", "T", "carrier"), ("own", "  ", "tracking"), ("own", "x" * 81, "80 characters")],
)
def test_a_parcel_without_carrier_or_tracking_number_stays(shop, bo, carrier, tracking, says):
    fo = packed(released(bo), bo)
    with pytest.raises(Refused, match=says):
        dispatch(fo.number, carrier=carrier, tracking_number=tracking, actor=bo)
    assert (Shipment.objects.count(), stock_of("MUG")) == (0, Stock(on_hand=10, allocated=2))


def test_an_unpaid_order_does_not_leave(shop, ana, monkeypatch):
    fo = packed(released(ana), ana)
    # A payment that went bad after release: the facts come from payments, here by the same writer.
    from orders.actions.progress import MoneyFacts, report_money
    from orders.locks import lock_order

    report_money(lock_order(fo.order.number), MoneyFacts())
    with pytest.raises(Refused, match="must be received"):
        dispatch(fo.number, carrier="own", tracking_number="T", actor=ana)
    assert stock_of("MUG").on_hand == 10


def test_tracking_moves_only_forward(shop, bo):
    shipment = on_road(released(bo), bo)
    parcel.track(shipment.number, move="out_for_delivery", actor=bo)
    with pytest.raises(Refused, match="Not possible while out for delivery"):
        parcel.track(shipment.number, move="transit", actor=bo)


def test_what_the_carrier_says_late_is_kept_and_not_applied(shop, bo):
    shipment = on_road(released(bo), bo)
    at = now()
    hear = lambda status, minutes: parcel.hear(  # noqa: E731
        shipment.number, status=status, at=at + timedelta(minutes=minutes), actor="system"
    )
    assert hear("out_for_delivery", 30)
    assert not hear("in_transit", 10)  # arrived late
    assert not hear("out_for_delivery", 40)  # said twice
    assert hear("delivered", 60)
    assert not hear("attempt_failed", 70)  # does not lead on from delivered
    shipment.refresh_from_db()
    assert (shipment.status, shipment.delivered_at) == ("delivered", at + timedelta(minutes=60))
    assert list(shipment.tracking_events.values_list("status", "is_applied")) == [
        ("attempt_failed", False), ("delivered", True), ("out_for_delivery", False), ("out_for_delivery", True),
        ("in_transit", False),
    ]  # fmt: skip
    with pytest.raises(Refused, match="in no table"):
        hear("teleported", 80)
    assert sick() == {}


def test_a_parcel_nobody_took_comes_back_and_opens_a_return(shop, bo):
    order = released(bo)
    shipment = on_road(order, bo)
    parcel.track(shipment.number, move="transit", actor=bo)
    parcel.track(shipment.number, move="fail_attempt", text="Door locked", actor=bo)
    with pytest.raises(Refused, match="Say what happened"):
        parcel.initiate_rto(shipment.number, reason=" ", actor=bo)
    parcel.initiate_rto(shipment.number, reason="Refused at the door", actor=bo)
    assert again(order).fulfilment_status == "returning_to_origin"
    parcel.track(shipment.number, move="return_transit", actor=bo)
    parcel.receive_rto(shipment.number, actor=bo)
    order = again(order)
    assert (order.fulfilment_status, order.qty_rto, order.qty_returning) == ("returned_to_origin", 2, 0)
    assert Return.objects.get().type == "rto"
    assert sick() == {}


@pytest.mark.parametrize("end", [parcel.lose, parcel.damage])
def test_a_lost_or_damaged_parcel_is_written_off_and_never_back_in_stock(shop, bo, end):
    order = released(bo)
    shipment = on_road(order, bo)
    end(shipment.number, reason="Lorry fire", actor=bo)
    assert (again(order).qty_written_off, stock_of("MUG")) == (2, Stock(on_hand=8))
    assert FulfilmentOrder.objects.get().status == "completed"
    assert sick() == {}


def test_a_parcel_lost_on_its_way_back_is_no_longer_coming(shop, bo):
    order = released(bo)
    shipment = on_road(order, bo)
    parcel.initiate_rto(shipment.number, reason="Refused", actor=bo)
    parcel.lose(shipment.number, reason="Lost at the hub", actor=bo)
    order = again(order)
    assert (order.qty_returning, order.qty_written_off) == (0, 2)
    assert sick() == {}


def test_every_state_of_work_and_parcel_that_is_no_end_can_be_left():
    ends = {
        Shipment: {"delivered", "damaged", "rto_received", "cancelled"},
        FulfilmentOrder: {"rejected", "cancelled"},
    }
    for model, statuses in ((Shipment, ShipmentStatus), (FulfilmentOrder, WorkStatus)):
        left = {e.source for e in edges(model)}
        assert set(statuses.values) - left == ends[model]


def test_every_move_a_person_makes_is_offered_open_or_with_its_reason(shop, bo, fay):
    shipment = on_road(released(bo), bo)
    for user, all_closed in ((bo, False), (fay, True)):
        found = {o.move: o for o in offers(shipment, user)}
        assert set(found) == set(MOVES)
        assert found["receive_rto"].reason.endswith(".")
        assert bool(found["deliver"].reason) is all_closed


def test_a_hold_after_the_label_still_stops_the_parcel(shop, ana):
    shipment = labelled(ana)
    hold_order(shipment.order.number, reason="address", actor=ana)
    with pytest.raises(Refused, match="On hold"):
        dispatch(shipment.fulfilment_order.number, actor=ana)
    shipment.refresh_from_db()
    assert shipment.status == "label_ready"
