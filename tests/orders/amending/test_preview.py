"""The preview says what the application does, and does none of it."""

from decimal import Decimal

import pytest

from fulfilment.models import FulfilmentOrder
from oms.events.models import Event
from orders.actions.amend_apply import apply_amendment
from orders.actions.amend_preview import preview_amendment, preview_changes
from orders.actions.confirm import confirm_order
from orders.amending.change import Change
from orders.models import Amendment
from payments.models import Refund
from tests.fulfilment.steps import packed, picked, released, sick
from tests.orders.amending.steps import add, drafted, qty
from tests.stories import again, placed, stock_of

pytestmark = pytest.mark.django_db


def test_nothing_is_changed_by_looking(shop, ana):
    order = released(ana, ("MUG", 3))
    document = drafted(order, qty(order, 1), add("KETTLE", 2, "50"), actor=ana)
    before = (again(order).version, stock_of("MUG"), stock_of("KETTLE"), Event.objects.count())
    preview_amendment(document.number, actor=ana)
    assert (again(order).version, stock_of("MUG"), stock_of("KETTLE"), Event.objects.count()) == before
    assert Amendment.objects.get().status == "draft"
    assert not Refund.objects.exists()


def test_stock_money_work_and_refund_are_those_of_the_application(shop, ana, bo):
    order = released(ana, ("MUG", 3))
    picked(order, bo)
    document = drafted(order, qty(order, 1), add("KETTLE", 12, "5"), actor=ana)
    seen = preview_amendment(document.number, actor=ana)
    apply_amendment(document.number, seen=seen.version, actor=ana)

    after = again(order)
    assert (seen.amount_before, seen.amount, seen.balance) == (300, after.amount_due, after.balance_due)
    assert (seen.refund, seen.collect) == (Refund.objects.get().amount, 0) == (140, 0)
    mug, kettle = seen.lines
    assert (mug.qty_before, mug.qty, kettle.qty, kettle.short, kettle.is_new) == (3, 1, 12, 2, True)
    assert mug.free == [("Pune", 7), ("Delhi", 5)]
    first, second = FulfilmentOrder.objects.order_by("pk")
    assert seen.work[0] == f"{first.number} at Pune (to pack): 3 → 1 unit; 2 picked to put back on the shelf"
    assert seen.work[1] == "Pune: new work, 10 to pick"
    assert second.lines.get().qty == 10
    assert after.qty_backordered == 2
    assert sick() == {}


def test_obstacles_are_told_and_the_numbers_stay_as_they_are(shop, ana, bo):
    order = released(ana, ("MUG", 3))
    document = drafted(order, qty(order, 1), actor=ana)
    packed(order, bo)
    seen = preview_amendment(document.number, actor=ana)
    assert [r.code for r in seen.refusals] == ["already_packed"]
    assert (seen.amount, seen.work) == (300, [])


def test_more_to_pay_and_cash_on_delivery(shop, ana):
    order = placed(("MUG", 1), payment_terms="cod")
    confirm_order(order.number, actor=ana)
    seen = preview_changes(order.number, [Change("shipping_fee", amount=Decimal(30))], reason="Express", actor=ana)
    assert (seen.collect, seen.cod_before, seen.cod) == (30, 100, 130)
    assert seen.sentences == ["Shipping ₹0.00 → ₹30.00"]
    assert not Amendment.objects.exists()
