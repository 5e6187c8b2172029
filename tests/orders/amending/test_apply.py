"""Applying an amendment: stock, money, work and parcels follow, whole or not at all; doctor finds nothing after."""

from decimal import Decimal

import pytest

from fulfilment.actions.label import label_parcel
from fulfilment.actions.pack import reopen_pack, scan
from fulfilment.actions.pick import pick_line
from fulfilment.models import FulfilmentOrder, Shipment
from oms.kernel.errors import Refused
from orders.actions.amend import withdraw_amendment
from orders.actions.amend_apply import apply_amendment
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold
from orders.actions.note import add_note
from orders.actions.release import release_order
from orders.amending.change import Change
from orders.channels.draft import LineDraft
from orders.models import Amendment
from payments.actions.record import record_payment
from payments.models import Payment, Refund
from tests.fulfilment.steps import on_road, packed, picked, picking, released, sick
from tests.orders.amending.steps import add, amended, drafted, qty
from tests.orders.pricing.test_lists import price_list
from tests.stories import HOME, Stock, again, placed, said, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def healthy(shop):
    yield
    assert sick() == {}


def test_more_units_are_promised_at_the_lines_own_terms(ana):
    order = placed(("MUG", 4))
    order = amended(order, qty(order, 6), actor=ana)

    line = order.lines.get()
    assert (line.qty_ordered, line.qty_reserved, line.total) == (6, 6, Decimal(600))
    assert (order.total, order.balance_due, stock_of("MUG")) == (600, 600, Stock(on_hand=10, reserved=6))
    assert "orders.amended" in said(order)


def test_fewer_units_are_given_back_and_cost_less(ana):
    order = placed(("MUG", 12), ("KETTLE", 1))
    order = amended(order, qty(order, 3), actor=ana)
    assert (order.qty_cancelled, order.amount_due, order.total) == (9, 400, 1300)
    assert stock_of("MUG").reserved + stock_of("MUG", "delhi").reserved == 3


def test_what_nobody_has_waits_behind_what_waited_already(ana):
    order = placed(("LAMP", 2))
    order = amended(order, qty(order, 5, sku="LAMP"), add("MUG", 1), actor=ana)
    assert (order.qty_backordered, order.qty_reserved, order.total) == (5, 1, 600)


def test_add_then_remove_an_item_before_paying_refunds_nothing_and_leaves_the_status_as_before(ana):
    """CAPABILITIES 22, number 7."""
    order = placed(("MUG", 2))
    before = again(order)
    order = amended(order, add("KETTLE", 1, "250"), actor=ana)
    assert order.amount_due == 450
    order = amended(order, Change("remove", line_id=order.lines.get(sku="KETTLE").pk), actor=ana)

    assert (order.amount_due, order.payment_status, order.stage) == (200, before.payment_status, before.stage)
    assert not Refund.objects.exists()
    assert stock_of("KETTLE") == Stock(on_hand=10)


def test_an_amendment_abandoned_half_way_leaves_the_order_usable(ana, bo):
    """CAPABILITIES 22, number 8."""
    order = placed(("MUG", 2), paid="200.00")
    drafted(order, qty(order, 1), actor=ana)
    confirm_order(order.number, actor=ana)
    release_order(order.number, actor=ana)
    on_road(again(order), bo)
    assert again(order).stage == "dispatched"
    withdraw_amendment(Amendment.objects.get().number, actor=ana)
    assert Amendment.objects.get().status == "declined"


def test_refund_of_one_line_keeps_its_own_discount_share_and_leaves_the_others_unchanged(ana):
    """CAPABILITIES 22, number 10: 5 for 500 less 50; two units less are 180 less, and three more the rest to the paisa."""
    order = placed(("MUG", 5), ("KETTLE", 1), paid="550.00")
    mug = order.lines.get(sku="MUG")
    order = amended(order, Change("discount", line_id=mug.pk, amount=Decimal(50)), actor=ana)
    kettle = order.lines.get(sku="KETTLE")
    assert (order.total, order.lines.get(sku="MUG").total) == (550, 450)

    order = amended(order, qty(order, 3), actor=ana)
    assert [r.amount for r in Refund.objects.filter(status="requested")] == [Decimal(180)]
    order = amended(order, Change("remove", line_id=mug.pk), actor=ana)
    assert order.amount_due == 100
    assert [r.amount for r in Refund.objects.filter(status="requested")] == [Decimal(450)]
    after = order.lines.get(sku="KETTLE")
    assert (after.total, after.discount, after.qty_reserved) == (kettle.total, kettle.discount, 1)


def test_another_price_after_a_part_was_cancelled_values_that_part_anew(ana):
    order = placed(("MUG", 5))
    order = amended(order, qty(order, 3), actor=ana)
    order = amended(order, Change("price", line_id=order.lines.get().pk, amount=Decimal("80")), actor=ana)
    assert (order.total, order.cancelled_total, order.amount_due) == (400, 160, 240)


def test_shipping_date_and_address_change_with_their_history(ana):
    order = placed(("MUG", 1))
    there = HOME.__dict__ | {"line1": "9 Other Lane", "postal_code": "411001", "city": "Pune"}
    address = {k: v for k, v in there.items() if v}
    changes = (
        Change("shipping_fee", amount=Decimal(40)),
        Change("address", address=address),
        Change("requested_date", moment=order.promised_at.replace(year=2031)),
    )
    order = amended(order, *changes, actor=ana)
    assert (order.total, order.ship_city, order.ship_to["line1"]) == (140, "Pune", "9 Other Lane")
    assert order.promised_at.year == 2031
    newest = order.history.first()
    assert newest.history_user == ana
    assert "Customer called" in newest.history_change_reason


def test_units_come_out_of_picks_and_go_into_work_nobody_began(ana, bo):
    order = released(ana, ("MUG", 2), ("KETTLE", 2))
    order = amended(order, qty(order, 4), qty(order, 1, sku="KETTLE"), actor=ana)
    work = FulfilmentOrder.objects.get()
    assert {row.line.sku: row.qty for row in work.lines.all()} == {"MUG": 4, "KETTLE": 1}
    assert "fulfilment.adjusted" in said(order)

    fo = picking(order, bo)
    pick_line(fo.number, code="MUG", qty=3, actor=bo)
    order = amended(order, qty(order, 2), add("KETTLE", 1, "100"), actor=ana)
    assert {row.line.sku: (row.qty, row.qty_picked) for row in fo.lines.all()} == {"MUG": (2, 2), "KETTLE": (1, 0)}
    assert FulfilmentOrder.objects.filter(status="open").get().lines.get().qty == 1


def test_packed_and_dispatched_units_cannot_be_taken_away(ana, bo):
    order = released(ana, ("MUG", 3))
    fo = picked(order, bo)
    for _ in range(2):
        scan(fo.number, code="MUG", actor=bo)
    with pytest.raises(Refused, match="2 are packed already and cannot be taken away"):
        drafted(order, qty(order, 1), actor=ana)
    order = amended(order, qty(order, 2), actor=ana)
    assert order.qty_cancelled == 1

    gone = released(ana, ("MUG", 2))
    on_road(gone, bo)
    with pytest.raises(Refused, match="2 have left the warehouse"):
        drafted(gone, qty(gone, 1), actor=ana)
    assert again(gone).qty_cancelled == 0


def test_a_document_is_checked_again_when_it_is_applied(ana, bo):
    order = released(ana, ("MUG", 3))
    document = drafted(order, qty(order, 1), add("KETTLE", 1), actor=ana)
    packed(order, bo)
    with pytest.raises(Refused, match="has changed since you looked"):
        apply_amendment(document.number, seen=document.base_version, actor=ana)
    with pytest.raises(Refused, match="3 are packed already"):
        apply_amendment(document.number, seen=again(order).version, actor=ana)
    order = again(order)
    assert (order.qty_ordered, order.lines.count(), order.qty_cancelled) == (3, 1, 0)  # not half of it
    assert "orders.amended" not in said(order)


def test_a_note_written_meanwhile_is_no_conflict(ana):
    order = placed(("MUG", 1))
    document = drafted(order, qty(order, 2), actor=ana)
    add_note(order.number, text="Called twice", actor=ana)
    apply_amendment(document.number, seen=document.base_version, actor=ana)
    assert again(order).qty_ordered == 2


def test_applied_twice_is_applied_once(ana):
    order = placed(("MUG", 1))
    document = drafted(order, add("KETTLE", 1), actor=ana)
    apply_amendment(document.number, seen=again(order).version, actor=ana)
    with pytest.raises(Refused, match="Not possible while applied"):
        apply_amendment(document.number, seen=again(order).version, actor=ana)
    assert again(order).qty_ordered == 2


def test_the_courier_collects_what_is_open_now(ana):
    order = placed(("MUG", 2), payment_terms="cod")
    confirm_order(order.number, actor=ana)
    order = amended(order, qty(order, 3), actor=ana)
    assert (order.cod_outstanding, Payment.objects.get().amount) == (300, 300)
    order = amended(order, qty(order, 1), actor=ana)
    assert (order.cod_outstanding, Payment.objects.get().amount) == (100, 100)
    assert {"payments.cod_raised", "payments.cod_lowered"} <= set(said(order))


def test_a_refund_nobody_approved_yet_is_withdrawn_when_the_order_costs_more_again(ana):
    order = placed(("MUG", 5), paid="500.00")
    order = amended(order, qty(order, 3), actor=ana)
    assert Refund.objects.get().amount == 200
    order = amended(order, qty(order, 4), actor=ana)
    assert sorted((r.status, r.amount) for r in Refund.objects.all()) == [("declined", 200), ("requested", 100)]
    order = amended(order, qty(order, 6), actor=ana)
    assert not Refund.objects.filter(status="requested").exists()
    assert (order.payment_status, order.balance_due) == ("partially_paid", 100)


def test_work_may_start_once_the_smaller_sum_is_paid(ana):
    order = placed(("MUG", 5))
    order = amended(order, qty(order, 2), actor=ana)
    record_payment(order.number, method="cash", amount=Decimal(200), actor=ana)
    confirm_order(order.number, actor=ana)
    assert release_order(order.number, actor=ana).status == "processing"


def test_a_label_to_the_old_address_comes_off(ana, bo):
    order = released(ana, ("MUG", 1))
    fo = packed(order, bo)
    label_parcel(fo.number, carrier="own", tracking_number="T-9", actor=bo)
    amended(order, Change("address", address={**order.ship_to, "line1": "9 Other Lane"}), actor=ana)
    assert Shipment.objects.get().status == "cancelled"
    assert reopen_pack(fo.number, actor=bo).status == "picked"


@pytest.mark.parametrize("terms", [True, False])
def test_tax_follows_the_lines_own_rate_to_the_smallest_coin(ana, terms):
    line = LineDraft("MUG", "Mug", 3, Decimal("99.90"), tax=Decimal("26.97"))
    order = placed(lines=(line,), tax_included=terms)
    before = again(order).total
    order = amended(order, qty(order, 6), add("KETTLE", 1, "99.90"), actor=ana)
    mug, kettle = order.lines.order_by("position")
    assert (mug.tax, kettle.tax) == (Decimal("53.94"), Decimal("8.99"))
    extra = Decimal(0) if terms else kettle.tax
    assert order.total == 2 * before + Decimal("99.90") + extra


def test_nothing_left_is_a_cancellation_and_closed_orders_stay_closed(ana):
    order = placed(("MUG", 1))
    with pytest.raises(Refused, match="cancel the whole order"):
        drafted(order, qty(order, 0), actor=ana)
    with pytest.raises(Refused, match="Nothing is different"):
        drafted(order, qty(order, 1), actor=ana)
    with pytest.raises(Refused, match="no product"):
        drafted(order, add("GHOST", 1), actor=ana)
    document = drafted(order, qty(order, 2), actor=ana)
    cancel_order(order.number, reason="other", actor=ana)
    with pytest.raises(Refused, match="only open orders"):
        apply_amendment(document.number, seen=again(order).version, actor=ana)


def test_stock_is_promised_to_one_of_two_who_want_the_last_units(ana):
    first, second = placed(("KETTLE", 5)), placed(("KETTLE", 4))
    first = amended(first, qty(first, 6, sku="KETTLE"), actor=ana)
    second = amended(second, qty(second, 7, sku="KETTLE"), actor=ana)
    assert (first.qty_reserved, second.qty_reserved, second.qty_backordered) == (6, 4, 3)


def test_an_added_line_costs_what_is_agreed_with_the_buyer(ana):
    order = placed(("MUG", 1))
    price_list("own", ("KETTLE", 1, "95"), ("KETTLE", 3, "90"), customer=order.customer)
    changed = amended(order, add("KETTLE", 3), actor=ana)
    assert changed.lines.get(sku="KETTLE").unit_price == 90
    changed = amended(changed, add("LAMP", 1), actor=ana)
    assert changed.lines.get(sku="LAMP").unit_price == 100, "without an agreed price, the product's own"


def test_a_line_that_is_no_product_holds_the_order_until_it_is_changed(ana):
    order = placed(("NEW-1", 2))
    hold = order.holds.get()
    with pytest.raises(Refused, match="NEW-1 is still no product of ours"):
        clear_hold(order.number, hold_id=hold.pk, actor=ana, note="Never mind")
    order = amended(order, qty(order, 0, sku="NEW-1"), add("MUG", 2), actor=ana)
    assert (order.stage, order.open_holds, order.qty_reserved) == ("new", 0, 2)
