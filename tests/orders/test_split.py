"""Splitting an order: money, stock, work, holds and papers follow; nothing is lost, released or made."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fulfilment.actions.pack import scan
from fulfilment.actions.pick import pick_line
from inventory.actions.adjust import receive_stock
from inventory.models import Allocation, Backorder
from oms.events.models import Event
from oms.kernel.errors import Refused
from orders.actions.approve import decide_approval
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.actions.note import add_note
from orders.actions.split import split_order
from orders.actions.split_preview import preview_split
from orders.channels.draft import LineDraft, PaymentDraft
from orders.finding import find
from orders.models import Approval, Hold, Order
from payments.actions.record import record_payment
from payments.actions.refund import request_refund
from payments.models import Payment
from tests.fulfilment.steps import on_road, picked, picking, released, sick, work_of
from tests.orders.checking.conftest import fresh_rulebook  # noqa: F401  rules switched on here are seen at once
from tests.orders.checking.house import limits, switch_on
from tests.orders.splitting_steps import part_off
from tests.stories import Stock, again, placed, said, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def healthy(shop):
    yield
    assert sick() == {}


def test_split_preserves_back_order_kind_and_never_changes_order_total(ana):
    """CAPABILITIES 22, number 24."""
    order = placed(("MUG", 4), ("LAMP", 3), ("KETTLE", 2))
    confirm_order(order.number, actor=ana)
    before, waiting = again(order), Backorder.objects.get()
    old, new = part_off(order, ("LAMP", 2), ("MUG", 1), actor=ana)

    assert (old.total + new.total, old.qty_ordered + new.qty_ordered) == (before.total, before.qty_ordered)
    assert (old.qty_backordered, new.qty_backordered, new.qty_allocated) == (1, 2, 1)
    queue = {b.order_number: (b.qty, b.created_at) for b in Backorder.objects.all()}
    assert queue == {old.number: (1, waiting.created_at), new.number: (2, waiting.created_at)}
    assert stock_of("MUG") == Stock(on_hand=10, allocated=4)
    assert (old.status, new.status, new.stage) == ("confirmed", "confirmed", before.stage)


def test_what_waits_leaves_and_what_is_ready_stays(ana):
    order = placed(("LAMP", 2), ("MUG", 20))  # 15 mugs are there
    old, new = part_off(order, ("LAMP", 2), ("MUG", 5), actor=ana)
    assert (old.qty_backordered, old.qty_reserved) == (0, 15)
    assert (new.qty_backordered, new.qty_reserved) == (7, 0)
    receive_stock("LAMP", location="pune", qty=2, source="GRN-1", actor="system")


def test_each_order_names_the_other_and_is_found_by_it(ana):
    order = placed(("MUG", 3), customer_po="PO-77")
    old, new = part_off(order, ("MUG", 1), actor=ana)
    assert new.split_from == old
    assert list(old.split_off.all()) == [new]
    assert "orders.split" in said(old)
    assert said(new)[0] == "orders.split_off"
    assert Event.objects.get(name="orders.split").payload["to"] == new.number
    assert set(Order.objects.filter(find(old.number).condition)) == {old, new}
    assert new.customer_po == "PO-77"


def test_discount_tax_and_shipping_go_to_the_last_coin():
    line = LineDraft("MUG", "Mug", 3, Decimal("33.3333"), discount=Decimal("10.01"), tax=Decimal("5.00"))
    order = placed(lines=(line,), shipping=Decimal("7.77"), shipping_tax=Decimal("0.39"), tax_included=False)
    old, new = part_off(order, ("MUG", 1), actor="system")
    for name in ("total", "tax_total", "discount_total", "shipping_total", "amount_due"):
        assert getattr(old, name) + getattr(new, name) == getattr(order, name), name
    assert (new.shipping_total, new.discount_total) == (0, Decimal("3.34"))


def test_received_money_follows_by_share_of_value(ana, fay):
    order = placed(("MUG", 3), ("KETTLE", 1), paid="400.00")
    old, new = part_off(order, ("MUG", 1), actor=ana)
    assert (old.paid_total, new.paid_total, old.balance_due, new.balance_due) == (300, 100, 0, 0)
    moved = Payment.objects.get(order=new)
    assert (moved.reference, moved.method, moved.status) == ("tx-1", "card", "captured")
    part = placed(("KETTLE", 4), paid="100.00")
    old, new = part_off(part, ("KETTLE", 1), actor=ana)
    assert (old.paid_total, new.paid_total) == (75, 25)


def test_money_in_doubt_or_under_way_is_settled_first(ana, fay, cy):
    held = placed(("MUG", 2), payments=(PaymentDraft("upi", Decimal(200), "verification_pending", "u-1"),))
    with pytest.raises(Refused, match="waits to be verified"):
        part_off(held, ("MUG", 1), actor=ana)
    back = placed(("KETTLE", 2), paid="200.00")
    request_refund(back.number, amount=Decimal(50), reason="Scratch", actor=cy)
    with pytest.raises(Refused, match="under way"):
        part_off(back, ("KETTLE", 1), actor=ana)


def test_cash_on_delivery_is_collected_with_each_parcel(ana):
    order = placed(("MUG", 3), payment_terms="cod")
    confirm_order(order.number, actor=ana)
    old, new = part_off(order, ("MUG", 1), actor=ana)
    assert (old.cod_outstanding, new.cod_outstanding) == (200, 100)


def test_work_follows_and_picked_units_go_last(ana, bo):
    order = released(ana, ("MUG", 4))
    fo = picking(order, bo)
    pick_line(fo.number, code="MUG", qty=3, actor=bo)
    old, new = part_off(order, ("MUG", 2), actor=ana)
    row = work_of(old).lines.get()
    assert (row.qty, row.qty_picked, old.qty_picked) == (2, 2, 2)
    assert (work_of(new).status, work_of(new).lines.get().qty, new.status) == ("open", 2, "processing")
    assert Allocation.objects.get(order_number=new.number).qty == 2
    on_road(new, bo, "T-2")
    assert again(new).stage == "dispatched"


def test_nothing_packed_leaves(ana, bo):
    order = released(ana, ("MUG", 3))
    fo = picked(order, bo)
    scan(fo.number, code="MUG", actor=bo)
    scan(fo.number, code="MUG", actor=bo)
    with pytest.raises(Refused, match="2 are packed: open that parcel first"):
        part_off(order, ("MUG", 2), actor=ana)
    old, new = part_off(order, ("MUG", 1), actor=ana)
    assert (old.qty_packed, new.qty_allocated) == (2, 1)


def test_what_is_left_after_a_dispatch_can_leave_and_the_rest_is_finished(ana, bo):
    order = released(ana, ("MUG", 2), ("LAMP", 1))
    on_road(order, bo)
    old, new = part_off(order, ("LAMP", 1), actor=ana)
    assert (old.fulfilment_status, new.status, new.qty_backordered) == ("dispatched", "confirmed", 1)


def test_holds_go_with_the_order_and_with_their_line(ana):
    order = placed(("MUG", 2), ("KETTLE", 1), ("LAMP", 2))
    hold_order(order.number, reason="address", detail="Which gate?", actor=ana)
    for sku in ("KETTLE", "LAMP"):
        hold_order(order.number, reason="stock_check", line_id=order.lines.get(sku=sku).pk, actor=ana)
    old, new = part_off(order, ("KETTLE", 1), ("LAMP", 1), actor=ana)
    assert (old.open_holds, new.open_holds) == (2, 3)
    assert Hold.objects.get(order=new, reason__key="address").detail == "Which gate?"


def test_a_split_is_no_way_around_an_approval(ana, fay):
    switch_on("amount")
    limits(approve_from=Decimal(300))
    order = placed(("MUG", 3), actor=ana)
    with pytest.raises(Refused, match="second person"):
        part_off(order, ("MUG", 1), actor=ana)
    decide_approval(order.number, approve=True, note="", actor=fay)
    _, new = part_off(order, ("MUG", 1), actor=ana)
    assert Approval.objects.get(order=new).state == "approved"


def test_a_part_is_no_twin_of_the_rest(ana):
    switch_on("twin", window_hours=6)
    order = placed(("MUG", 3))
    _, new = part_off(order, ("MUG", 1), actor=ana)
    _, third = part_off(again(order), ("MUG", 1), actor=ana)
    assert [check_again(x.number, actor=ana).held for x in (new, third)] == [0, 0]
    assert placed(("MUG", 1)).open_holds == 1


@pytest.mark.parametrize(
    ("asked", "says"), [({}, "how many"), ({"MUG": 3}, "up to 2"), ({"MUG": 2, "KETTLE": 1}, "everything")]
)
def test_refusals_say_what_to_do(ana, asked, says):
    order = placed(("MUG", 2), ("KETTLE", 1))
    with pytest.raises(Refused, match=says):
        part_off(order, *asked.items(), actor=ana)
    cancel_order(order.number, reason="other", actor=ana)
    with pytest.raises(Refused, match="only open orders"):
        part_off(order, ("MUG", 1), actor=ana)


def test_it_is_refused_when_the_order_moved_and_not_for_a_note(ana):
    order = placed(("MUG", 4))
    pk, seen = order.lines.get().pk, again(order).version
    add_note(order.number, text="Rang", actor=ana)
    cancel_remainder(order.number, quantities={pk: 1}, reason="other", actor=ana)
    with pytest.raises(Refused, match="has changed since you looked"):
        split_order(order.number, quantities={pk: 1}, reason="x", actor=ana, seen=seen)


def test_the_preview_is_the_split_and_changes_nothing(ana):
    order = released(ana, ("MUG", 4), ("LAMP", 2))
    asked = {order.lines.get(sku=sku).pk: 1 for sku in ("LAMP", "MUG")}
    before, events = again(order), Event.objects.count()
    shown = preview_split(order.number, quantities=asked, reason="Send", actor=ana)
    assert (Order.objects.count(), Event.objects.count(), again(order).version) == (1, events, before.version)
    assert shown.refusals == ()
    assert [(x.sku, x.stays, x.goes, x.behind) for x in shown.lines] == [
        ("MUG", 3, 1, "1 allocated"), ("LAMP", 1, 1, "1 waiting for stock"),
    ]  # fmt: skip
    assert any("4 → 3 units" in words for words in shown.work)
    old, new = part_off(order, ("LAMP", 1), ("MUG", 1), actor=ana)
    assert shown.keeps is not None
    assert shown.new is not None
    assert (shown.keeps.total, shown.new.total, shown.new.received) == (old.total, new.total, new.paid_total)
    refused = preview_split(order.number, quantities={}, reason="Send", actor=ana)
    assert refused.refusals[0].code == "nothing_asked"


COIN = Decimal("0.01")
lines = st.tuples(st.integers(1, 6), st.decimals("0.01", "99.99", places=2), st.integers(0, 50), st.integers(0, 18))


@settings(
    max_examples=20,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    data=st.data(),
    given_lines=st.lists(lines, min_size=1, max_size=3),
    included=st.booleans(),
    paid=st.integers(0, 120),
)
def test_random_splits_keep_totals_stock_and_health(data, given_lines, included, paid):
    """Whatever is split off, again and again, sums over all parts stay, stock does not move, and doctor finds nothing."""
    with transaction.atomic():  # every example in the same shop
        before = an_order(given_lines, included, paid)
        if data.draw(st.booleans(), "confirm first"):
            confirm_order(before.number, actor="system")
            before = again(before)
        stock, parts = (stock_of("MUG"), stock_of("KETTLE")), [before]
        for _ in range(data.draw(st.integers(1, 3), "splits")):
            one = data.draw(st.sampled_from(parts), "which")
            asked = {x.pk: data.draw(st.integers(0, x.qty_ordered), x.sku) for x in one.lines.all()}
            with suppress(Refused):  # nothing asked, or everything
                parts.append(split_order(one.number, quantities=asked, reason="Any", actor="system")[1])
            parts = [again(part) for part in parts]
        for name in SUMMED:
            assert sum(getattr(part, name) for part in parts) == getattr(before, name), name
        assert (stock_of("MUG"), stock_of("KETTLE")) == stock
        assert all(
            line.total >= 0 and line.tax >= 0 and line.discount >= 0 for part in parts for line in part.lines.all()
        )
        assert sick() == {}
        transaction.set_rollback(True)


SUMMED = (
    "total", "tax_total", "discount_total", "amount_due", "paid_total", "qty_ordered", "qty_reserved", "qty_allocated",
    "qty_backordered",
)  # fmt: skip


def an_order(given_lines: list, included: bool, paid: int) -> Order:
    drafted = tuple(
        LineDraft(sku, sku, qty, price, discount=(qty * price * off / 100).quantize(COIN, rounding="ROUND_DOWN"),
                  tax=(qty * price * rate / 100).quantize(COIN))
        for sku, (qty, price, off, rate) in zip(("MUG", "KETTLE", "LAMP"), given_lines, strict=False)
    )  # fmt: skip
    order = placed(lines=drafted, tax_included=included, shipping=Decimal("4.99"), shipping_tax=Decimal("0.46"))
    if share := (order.total * paid / 100).quantize(COIN):
        record_payment(order.number, method="cash", amount=share, actor="system", reference="")
    return again(order)
