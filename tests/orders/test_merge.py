"""Merging two orders of one buyer: lines, money and promises move, no stock is released, the other says where it went."""

from decimal import Decimal

import pytest

from fulfilment.models import FulfilmentOrder
from inventory.models import Allocation, Backorder
from oms.events.models import Event
from oms.kernel.errors import Refused
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.actions.merge import merge_orders
from orders.actions.merge_preview import preview_merge
from orders.asof.rewind import moment_of, standing
from orders.channels.draft import AddressDraft
from orders.finding import find
from orders.models import Hold, Order
from payments.models import Payment
from tests.api.test_orders_api import issue
from tests.api.test_orders_work import send
from tests.conftest import person
from tests.fulfilment.steps import on_road, packed, picked, released, sick, work_of
from tests.orders.checking.conftest import fresh_rulebook  # noqa: F401  rules switched on here are seen at once
from tests.orders.checking.house import limits, switch_on
from tests.orders.desk import signed_in
from tests.orders.splitting_steps import part_off
from tests.stories import HOME, Stock, again, placed, said, stock_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def healthy(shop):
    yield
    assert sick() == {}


def merged(kept: Order, gone: Order, actor, **more) -> tuple[Order, Order]:
    merge_orders(kept.number, other=gone.number, reason="Ordered twice", actor=actor, **more)
    return again(kept), again(gone)


def test_lines_money_and_promises_move_and_no_stock_is_released(ana):
    one = placed(("MUG", 2), paid="200.00", shipping=Decimal(40), customer_po="A")
    two = placed(("MUG", 1), ("LAMP", 2), paid="300.00", shipping=Decimal(60), payments=())
    before, waiting = stock_of("MUG"), Backorder.objects.get()
    kept, gone = merged(one, two, ana)

    assert (kept.total, kept.shipping_total, kept.paid_total) == (one.total + two.total, 100, 200)
    assert (kept.qty_ordered, kept.qty_reserved, kept.qty_backordered, kept.line_count) == (5, 3, 2, 3)
    assert (gone.status, gone.total, gone.qty_ordered, gone.merged_into) == ("cancelled", 0, 0, kept)
    assert gone.end_reason == f"Merged into {kept.number}: Ordered twice"
    assert stock_of("MUG") == before
    assert set(Allocation.objects.values_list("order_number", flat=True)) == {kept.number}
    assert (Backorder.objects.get().order_number, Backorder.objects.get().created_at) == (
        kept.number,
        waiting.created_at,
    )
    assert said(gone)[-1] == "orders.merged"
    assert "orders.merged_in" in said(kept)
    assert kept in Order.objects.filter(find(gone.number).condition)


def test_payments_go_along_and_nobody_is_refunded(ana):
    one, two = placed(("MUG", 1), paid="100.00"), placed(("KETTLE", 2))
    from payments.actions.record import record_payment

    record_payment(two.number, method="bank", amount=Decimal(200), actor=ana, reference="UTR-9")
    from payments.actions.verify import verify_payment

    for payment in Payment.objects.filter(order=two, status="verification_pending"):
        verify_payment(payment.number, actor=ana)
    kept, gone = merged(one, two, ana)
    assert (kept.paid_total, kept.balance_due, gone.paid_total) == (300, 0, 0)
    assert set(Payment.objects.values_list("order__number", flat=True)) == {kept.number}
    assert not kept.refunds.exists()


def test_one_payment_reported_with_both_is_not_counted_twice(ana):
    one, two = placed(("MUG", 1), paid="100.00"), placed(("KETTLE", 1), paid="100.00")
    with pytest.raises(Refused, match="both have a payment tx-1"):
        merged(one, two, ana)


def test_confirmed_orders_bring_their_work_and_one_sum_to_collect(ana, bo):
    one, two = (placed((sku, 2), payment_terms="cod") for sku in ("MUG", "KETTLE"))
    for order in (one, two):
        confirm_order(order.number, actor=ana)
    kept, gone = merged(one, two, ana)
    assert (kept.cod_outstanding, gone.cod_outstanding) == (400, 0)
    assert sorted(work_of(kept).lines.values_list("product__sku", "qty")) == [("KETTLE", 2), ("MUG", 2)]
    assert not FulfilmentOrder.objects.filter(order=gone).exclude(status="cancelled").exists()


def test_merging_is_the_way_back_from_a_split(ana, bo):
    order = released(ana, ("MUG", 4))
    total = again(order).total
    old, new = part_off(order, ("MUG", 1), actor=ana)
    kept, _ = merged(old, new, ana)
    assert (kept.total, kept.paid_total, kept.balance_due, kept.qty_allocated) == (total, total, 0, 4)
    on_road(kept, bo)
    assert stock_of("MUG") == Stock(on_hand=6)


def test_the_order_before_the_merge_can_still_be_seen(ana):
    one, two = placed(("MUG", 1)), placed(("KETTLE", 1))
    last = Event.objects.filter(stream=one.number).order_by("-seq").first()
    kept, _ = merged(one, two, ana)
    # One transaction in a test is one moment: what the merge brought is kept as born in it.
    assert kept.lines.filter(merged_from=two).count() == 1
    assert last is not None
    assert moment_of(kept, last.seq) is not None
    assert standing(kept, moment_of(kept, last.seq)).order.number == kept.number


def test_the_twin_check_is_settled_by_merging(ana, cy):
    switch_on("twin", window_hours=6)
    first, second = placed(("MUG", 1)), placed(("MUG", 1))
    assert second.open_holds == 1
    page = signed_in(cy).get(second.get_absolute_url()).content.decode()
    assert f"/orders/{second.number}/merge/?with={first.number}" in page
    form = signed_in(cy).get(f"/orders/{second.number}/merge/?with={first.number}").content.decode()
    assert f'<option value="{first.number}" selected' in form
    kept, gone = merged(first, second, ana)
    assert (kept.open_holds, gone.open_holds) == (0, 0)
    assert check_again(kept.number, actor=ana).held == 0
    third = placed(("MUG", 1))
    kept, _ = merged(third, kept, ana)
    assert kept.open_holds == 0


def test_holds_come_along_once_and_a_larger_amount_asks_a_second_person(ana):
    switch_on("amount")
    limits(approve_from=Decimal(300))
    one, two = placed(("MUG", 2), actor=ana), placed(("KETTLE", 2), actor=ana)
    for order in (one, two):
        hold_order(order.number, reason="address", detail="Gate?", actor=ana)
    kept, _ = merged(one, two, ana)
    assert sorted(Hold.objects.filter(order=kept, cleared_at=None).values_list("reason__key", flat=True)) == [
        "address",
        "approval",
    ]
    with pytest.raises(Refused, match="second person"):
        merged(kept, placed(("MUG", 1)), ana)


def test_another_address_is_chosen_never_guessed(ana):
    there = AddressDraft(name="Zoya P", line1="9 Other Street", city="Pune", postal_code="411001", country="IN")
    one, two = placed(("MUG", 1)), placed(("KETTLE", 1), ship_to=there)
    with pytest.raises(Refused, match="choose which one is right"):
        merged(one, two, ana)
    kept, _ = merged(one, two, ana, address_of=two.number)
    assert (kept.ship_to["line1"], kept.ship_city) == ("9 Other Street", "Pune")
    assert HOME.line1 != "9 Other Street"


def test_refusals_say_what_to_do(ana, bo):
    one = placed(("MUG", 1))
    other = placed(("KETTLE", 1), email="else@example.test")
    with pytest.raises(Refused, match="different customers"):
        merged(one, other, ana)
    with pytest.raises(Refused, match="two different orders"):
        merged(one, one, ana)
    with pytest.raises(Refused, match="There is no order"):
        merge_orders(one.number, other="SO-0", reason="x", actor=ana)
    two = released(ana, ("KETTLE", 1))
    with pytest.raises(Refused, match=f"Confirm {one.number} first"):
        merged(one, two, ana)
    confirm_order(one.number, actor=ana)
    packed(two, bo)
    with pytest.raises(Refused, match="1 of .* are packed: open that parcel first"):
        merged(one, two, ana)


def test_picked_units_are_picked_anew_for_the_merged_order(ana, bo):
    terms = {"paid": "", "payment_terms": "cod"}
    one, two = released(ana, ("MUG", 1), **terms), released(ana, ("KETTLE", 2), **terms)
    picked(two, bo)
    kept, gone = merged(one, two, ana)
    assert (kept.qty_allocated, kept.qty_picked, gone.qty_picked) == (3, 0, 0)


def test_previewed_and_merged_on_the_page(ana):
    one, two = placed(("MUG", 1), paid="100.00"), placed(("KETTLE", 2))
    client, url = signed_in(ana), f"/orders/{two.number}/merge/"
    assert one.number in client.get(url).content.decode()
    typed = {"other": one.number, "stays": "other", "address": "", "reason": "Ordered twice", "press": "preview"}
    page = client.post(url, typed).content.decode()
    assert f"Merge {two.number} into {one.number}" in page
    assert "₹100.00 + ₹200.00 = ₹300.00" in page
    assert again(two).status == "new"
    shown = preview_merge(one.number, other=two.number, reason="x", actor=ana)
    seen = {"press": "merge", "seen": shown.version, "other_seen": shown.other_version}
    hold_order(two.number, reason="address", actor=ana)
    assert client.post(url, typed | seen).status_code == 409
    seen["other_seen"] = again(two).version
    assert client.post(url, typed | seen)["Location"] == one.get_absolute_url()
    assert f'Merged into <a href="/orders/{one.number}/"' in client.get(two.get_absolute_url()).content.decode()
    assert client.post(url, typed | {"other": "SO-0"}).status_code == 422


def test_over_http(ana):
    person("webshop", "sales", "support")
    one, two = placed(("MUG", 1)), placed(("KETTLE", 2))
    answer = send(issue(), f"{one.number}/merge", {"other": two.number, "reason": "Twice"})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["other"]["status"], Decimal(answer.json()["order"]["total"])) == ("cancelled", 300)
    assert send(issue(), f"{one.number}/merge", {"other": "SO-0", "reason": "Twice"}).status_code == 404
