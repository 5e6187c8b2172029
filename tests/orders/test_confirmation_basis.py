"""CH-16: what confirms an order is set per channel, asked for before, and kept with the confirmation."""

from decimal import Decimal

import pytest

from oms.events.models import Event
from oms.kernel.errors import Refused
from orders.actions.confirm import confirm_order
from orders.actions.edit import edit_order, stamp
from orders.models import Channel, Order
from payments.actions.record import record_payment
from payments.actions.verify import verify_payment
from tests.stories import again, placed


def on(basis: str, advance_percent: int = 100, **changes):
    Channel.objects.filter(code="web").update(confirmation_basis=basis, advance_percent=advance_percent)
    return placed(("MUG", 1), **changes)


def why(order) -> str:
    return again(order).blockers[0]["text"]


def kept(order) -> tuple[str, str]:
    payload = Event.objects.get(stream=order.number, name="orders.confirmed").payload
    return payload["basis"], payload["detail"]


def test_a_persons_approval_is_enough_where_the_channel_says_so(shop, ana):
    order = on("manual")
    confirm_order(order.number, actor=ana)
    assert kept(order) == ("manual", "Approved by hand")


def test_the_customers_word_to_sales_is_kept_as_such(shop, ana):
    order = on("sales")
    confirm_order(order.number, actor=ana)
    assert kept(order) == ("sales", "On the customer's word to sales")


def test_a_payment_that_finance_has_verified_confirms(shop, ana, fay):
    order = on("payment")
    assert why(order) == "Not confirmed before ₹100.00 is received"
    assert Order.objects.blocked_by("payment").get() == order
    payment = record_payment(
        order.number, method="upi", amount=Decimal(100), currency="INR", reference="8841", actor=ana
    )
    with pytest.raises(Refused, match="confirms on payment"):
        confirm_order(order.number, actor=ana)
    assert (again(order).next_text, why(order)) == ("Verify the payment", "₹100.00 waits for Finance to verify it")
    verify_payment(payment.number, actor=fay)
    confirm_order(order.number, actor=ana)
    assert kept(order) == ("payment", "On payment of ₹100.00")


@pytest.mark.parametrize(("terms", "words"), [("cod", "On cash on delivery"), ("credit", "On credit")])
def test_terms_that_pay_later_confirm_without_money(shop, ana, terms, words):
    order = on("payment", payment_terms=terms)
    confirm_order(order.number, actor=ana)
    assert kept(order) == ("payment", words)


def test_without_the_customers_po_the_next_step_is_to_enter_it(shop, ana):
    order = on("customer_po")
    assert (order.next_text, order.owner_team) == ("Enter the customer's PO number", "sales")
    assert why(order) == "The customer's PO number is missing"
    assert Order.objects.blocked_by("customer_po").get() == order
    with pytest.raises(Refused, match="enter its number first"):
        confirm_order(order.number, actor=ana)

    edit_order(order.number, changes={"customer_po": "PO-77"}, seen=stamp(order), actor=ana)
    assert (again(order).next_text, again(order).blockers) == ("Confirm the order", [])
    confirm_order(order.number, actor=ana)
    assert kept(order) == ("customer_po", "On the customer's PO PO-77")


def test_with_an_advance_the_step_asks_for_the_advance(shop, ana):
    order = on("manual", advance_percent=50)
    confirm_order(order.number, actor=ana)
    assert (again(order).next_text, why(order)) == (
        "Collect ₹50.00 of ₹100.00", "₹50.00 must be received before work starts.",
    )  # fmt: skip
