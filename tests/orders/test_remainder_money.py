"""Cancelling a part lowers what the customer owes: the courier collects less, and what was overpaid is proposed back."""

from decimal import Decimal

import pytest

from orders.actions.cancel import cancel_remainder
from orders.actions.confirm import confirm_order
from payments.models import Payment, Refund
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


def cancel_units(order, qty: int) -> None:
    line = order.lines.order_by("position").first()
    cancel_remainder(order.number, quantities={line.pk: qty}, reason="other", actor="system")


def test_the_courier_collects_less(shop):
    order = placed(("MUG", 5), payment_terms="cod")
    confirm_order(order.number, actor="system")
    assert again(order).cod_outstanding == Decimal(500)
    cancel_units(order, 2)
    order, payment = again(order), Payment.objects.get()
    assert (payment.amount, payment.status) == (Decimal(300), "cod_due")
    assert (order.amount_due, order.cod_outstanding) == (Decimal(300), Decimal(300))
    assert "payments.cod_lowered" in said(order)


def test_what_was_paid_too_much_is_proposed_for_refund_once(shop):
    order = placed(("MUG", 5), paid="500.00")
    cancel_units(order, 1)
    cancel_units(order, 2)
    assert [r.amount for r in Refund.objects.order_by("pk")] == [Decimal(100), Decimal(200)]
    assert {r.status for r in Refund.objects.all()} == {"requested"}
    assert Payment.objects.get().pending_refund_amount == Decimal(300)
    assert said(order).count("payments.refund_requested") == 2


def test_an_unpaid_order_gets_no_refund(shop):
    order = placed(("MUG", 5))
    cancel_units(order, 1)
    assert not Refund.objects.exists()


def test_a_part_paid_order_owes_the_rest_only(shop):
    order = placed(("MUG", 5), paid="200.00")
    cancel_units(order, 2)
    assert again(order).balance_due == Decimal(100)
    assert not Refund.objects.exists()
