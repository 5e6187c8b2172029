"""A supplier sends it to the customer: routed to them, ordered from them, shipped by them, and never our stock."""

from datetime import timedelta

import pytest

from fulfilment.actions.parcel import deliver
from fulfilment.actions.pick import start_pick
from fulfilment.actions.supplier.answer import supplier_confirms, supplier_refuses
from fulfilment.actions.supplier.ship import supplier_ships
from fulfilment.actions.supplier.stop import ask_to_stop, supplier_goes_on, supplier_stops
from fulfilment.actions.supplier.tell import order_again, send_to_supplier
from fulfilment.models import FulfilmentOrder
from fulfilment.states import WorkStatus
from inventory.actions.drop_shipping import tell_stock
from inventory.models import Allocation, PurchaseOrder, StockLevel, StockMovement, SupplierItem
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date, end_of, time_is
from oms.kernel.errors import Refused
from orders import answer
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.expire import ask_suppliers
from orders.actions.release import release_order
from orders.models import CancelReason
from orders.tracks import fulfilment_track
from tests.fulfilment.dropping import at_supplier, offered, released, told
from tests.fulfilment.steps import sick
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


def books() -> list:
    """Every counter and the length of the ledger: what a supplier's goods must never touch."""
    columns = ("product", "location", "on_hand", "quarantined", "damaged", "reserved", "allocated", "incoming")
    return [*StockLevel.objects.order_by("pk").values_list(*columns), StockMovement.objects.count()]


def test_what_a_supplier_sends_goes_its_whole_way_without_touching_our_stock(shop, ana, bo):
    offered("LAMP", figure=5, days=3)
    before = books()

    order = placed(("LAMP", 2), paid="200.00")
    assert Allocation.objects.get(order_number=order.number).kind == "soft"
    confirm_order(order.number, actor=ana)
    fo = at_supplier(order)
    order = again(order)
    assert (order.stage, order.next_text, order.owner_team) == (
        "awaiting_stock",
        "Release to the supplier",
        "warehouse",
    )
    assert fo.purchase.order_number == order.number
    assert fo.purchase.ship_to["line1"] == "12 Example Road"
    with pytest.raises(Refused, match="not released"):
        send_to_supplier(fo.number, actor=bo)

    assert answer.released(again(order)) == f"{order.number} is released. Tell the supplier who sends it."
    assert next(s.note for s in fulfilment_track(again(order)) if s.place == "now") == "2 of 2 units from the supplier"
    release_order(order.number, actor=bo)
    assert again(order).next_text == f"Send the order to Acme, {fo.purchase.number}"
    assert again(order).owner_team == "purchasing"
    with pytest.raises(Refused):
        start_pick(fo.number, actor=bo)
    fo = send_to_supplier(fo.number, actor=bo)
    day = business_date() + timedelta(days=3)
    order = again(order)
    assert order.next_text == f"Wait for Acme, {fo.purchase.number}, expected {day.day} {day:%b}, to ship"
    assert order.due_at == end_of(day) == FulfilmentOrder.objects.get(pk=fo.pk).due_at
    assert [b["code"] for b in order.blockers] == ["supplier:ships"]

    with time_is(end_of(day) + timedelta(hours=1)):
        assert (ask_suppliers(), ask_suppliers()) == (1, 0)
        assert again(order).next_text == f"Ask Acme, {fo.purchase.number}, for the parcel or a new day"
        assert sick() == {}

    later = day + timedelta(days=2)
    supplier_confirms(fo.number, on=later, reference="A-77", actor=bo)
    assert again(order).supplier_due_on == later
    part = supplier_ships(fo.number, carrier="own", tracking_number="T-1", quantities={"LAMP": 1}, actor=bo)
    assert again(order).fulfilment_status == "partially_dispatched"
    assert again(order).next_action == "await_supplier"
    rest = supplier_ships(at_supplier(order).number, carrier="own", tracking_number="T-2", actor=bo)
    assert not SupplierItem.objects.exclude(shipped_since=2).exists()
    assert sick() == {}
    for parcel in (part, rest):
        deliver(parcel.number, actor=bo)

    order, purchase = again(order), PurchaseOrder.objects.get(pk=fo.purchase_id)
    assert (order.status, order.stage, order.supplier_units, order.is_drop_shipped) == (
        "completed",
        "delivered",
        0,
        True,
    )
    assert (purchase.status, purchase.status_label, purchase.reference) == ("received", "Shipped", "A-77")
    assert books() == before
    assert not Allocation.objects.exists()
    assert said(order).count("fulfilment.dispatched") == 2
    assert sick() == {}


def test_who_sends_a_line_follows_the_terms_and_the_refused_supplier_is_never_asked_again(shop, ana, bo):
    def sent(*lines, **changes) -> dict[tuple[str, str], int]:
        order = placed(*lines, paid="9000.00", **changes)
        held = Allocation.objects.filter(order_number=order.number).select_related("location", "product")
        return {(a.location.code, a.product.sku): a.qty for a in held}

    offered("MUG", when="own_first")
    assert sent(("MUG", 4)) == {("pune", "MUG"): 4}
    assert sent(("MUG", 30)) == {("acme", "MUG"): 30}, "whole from the supplier rather than two parcels"
    offered("MUG", when="own_first", figure=2)
    assert sent(("MUG", 8)) == {("pune", "MUG"): 6, ("delhi", "MUG"): 2}, "they have promised more than they have"
    offered("MUG", when="supplier_first", figure=40)
    assert sent(("MUG", 3), ("KETTLE", 1)) == {("acme", "MUG"): 3, ("pune", "KETTLE"): 1}
    offered("MUG", when="supplier_first", figure=40, least=5)
    assert sent(("MUG", 1)) == {("delhi", "MUG"): 1}, "they send no fewer than five"
    offered("MUG", when="supplier_first", figure=40, countries=("AU",))
    assert sent(("MUG", 1)) == {("delhi", "MUG"): 1}, "they send to Australia only"
    offered("KETTLE", when="supplier_only", code="zen", figure=1)
    assert sent(("KETTLE", 1)) == {("zen", "KETTLE"): 1}
    assert sent(("KETTLE", 1)) == {}, "our own nine are not asked"
    offered("KETTLE", when="supplier_only", code="zen", figure=5)
    order = released(("KETTLE", 2))
    fo = told(order)
    assert again(order).supplier_told == 2
    with pytest.raises(Refused, match="Say what happened"):
        supplier_refuses(fo.number, reason=" ", actor=bo)
    supplier_refuses(fo.number, reason="Broken kiln", none_left=True, actor=bo)
    order = again(order)
    assert (order.qty_backordered, order.supplier_units, order.next_action) == (2, 0, "receive_stock")
    assert SupplierItem.objects.get(supplier__code="zen").stock == 0
    offered("KETTLE", code="zen", when="own_first", figure=9)
    deliver_due()  # the supplier's news serves who waits: from our own shelf, as this supplier refused before
    assert Allocation.objects.get(order_number=order.number).location.code == "pune"
    assert sick() == {}


def test_what_waited_for_the_supplier_joins_the_draft_and_follows_what_was_sent(shop, ana, bo):
    """One order to one supplier is one purchase order, until they have it; from then on what comes later is the next one."""
    offered("LAMP", "MUG", when="supplier_only", figure=3)
    order = released(("LAMP", 9), ("MUG", 2))
    fo = at_supplier(order)
    assert (again(order).supplier_units, again(order).qty_backordered) == (5, 6)
    tell_stock("acme", [("LAMP", 5)], actor=bo)
    deliver_due()
    assert at_supplier(order) == fo
    assert again(order).supplier_units == 7
    draft = PurchaseOrder.objects.get(order_number=order.number)
    assert {line.product.sku: line.qty for line in draft.lines.all()} == {"LAMP": 5, "MUG": 2}
    send_to_supplier(fo.number, actor=bo)
    tell_stock("acme", [("LAMP", 9)], actor=bo)
    deliver_due()
    first, second = PurchaseOrder.objects.filter(order_number=order.number).order_by("pk")
    assert (first.status, second.status, again(order).qty_backordered) == ("sent", "draft", 0)
    assert [line.qty for line in second.lines.all()] == [4], "they have read the first one"
    assert sick() == {}


def test_an_order_of_ours_and_theirs_says_both_and_a_part_refused_goes_elsewhere(shop, ana, bo):
    offered("LAMP", "MUG", when="own_first", figure=20)
    order = released(("KETTLE", 1), ("LAMP", 3), ("MUG", 20))
    ours = FulfilmentOrder.objects.get(order=order, status=WorkStatus.OPEN)
    assert [row.product.sku for row in ours.lines.all()] == ["KETTLE"]
    order = again(order)
    assert (order.stage, order.next_action, order.supplier_units) == ("ready_to_pack", "pick", 23)
    fo = told(order)
    supplier_refuses(fo.number, quantities={"MUG": 8}, reason="Only 12 left", actor=bo)
    order, fo = again(order), FulfilmentOrder.objects.get(pk=fo.pk)
    assert {row.product.sku: row.qty for row in fo.lines.all()} == {"LAMP": 3, "MUG": 12}
    assert {line.product.sku: line.qty_open for line in fo.purchase.lines.all()} == {"LAMP": 3, "MUG": 12}
    assert (order.supplier_units, order.qty_allocated, order.qty_backordered) == (15, 24, 0)
    supplier_ships(fo.number, carrier="own", tracking_number="T-3", quantities={"LAMP": 3}, actor=bo)
    assert FulfilmentOrder.objects.get(pk=fo.pk).contents == "3 × LAMP"  # the mugs are other work by now
    assert at_supplier(order).contents == "12 × MUG"
    assert again(order).stage == "partly_dispatched"
    assert again(order).next_action == "pick"
    assert sick() == {}


def test_what_a_supplier_was_asked_to_send_is_only_cancelled_when_they_stopped(shop, ana, bo, cy):
    reason = CancelReason.objects.first().key
    offered("LAMP")
    early = released(("LAMP", 1))
    waiting = at_supplier(early)
    cancel_order(early.number, reason=reason, actor=cy)
    assert PurchaseOrder.objects.get(pk=waiting.purchase_id).status == "cancelled"

    order = released(("LAMP", 2), ("KETTLE", 1))
    fo = told(order, bo)
    with pytest.raises(Refused, match="asked to send 2 units .*Ask them to stop first"):
        cancel_order(order.number, reason=reason, actor=cy)
    lamp = order.lines.get(sku="LAMP").pk
    with pytest.raises(Refused, match="Ask them to stop first"):
        cancel_remainder(order.number, quantities={lamp: 1}, reason=reason, actor=cy)
    cancel_remainder(order.number, quantities={order.lines.get(sku="KETTLE").pk: 1}, reason=reason, actor=cy)
    ask_to_stop(fo.number, reason="Customer changed their mind", actor=cy)
    assert (again(order).next_action, again(order).owner_team) == ("supplier_stop", "purchasing")
    with pytest.raises(Refused, match="asked to send"):
        cancel_order(order.number, reason=reason, actor=cy)
    supplier_goes_on(fo.number, reason="The van has left", actor=bo)
    assert again(order).next_action == "await_supplier"
    ask_to_stop(fo.number, reason="Once more", actor=cy)
    supplier_stops(fo.number, actor=bo)
    assert (again(order).next_action, again(order).owner_team) == ("cancel_stopped", "support")
    assert sick() == {}
    order_again(fo.number, actor=bo)
    assert again(order).next_action == "order_supplier"
    cancel_order(order.number, reason=reason, actor=cy)
    assert FulfilmentOrder.objects.get(pk=fo.pk).status == "cancelled"
    assert not Allocation.objects.exists()
    assert not PurchaseOrder.objects.exclude(status="cancelled").exists()
    assert sick() == {}
