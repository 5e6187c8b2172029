"""Money in: recorded, verified, collected; the order's sums follow, and doctor agrees."""

from dataclasses import asdict
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from oms.events.models import Event
from oms.events.publish import publish
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from orders.channels.draft import PaymentDraft
from orders.models import Order
from payments.actions._push import money_facts
from payments.actions.cod import remit_cod
from payments.actions.dispute import open_dispute, settle_dispute
from payments.actions.follow import follow_parcels
from payments.actions.record import record_payment
from payments.actions.refund import request_refund
from payments.actions.verify import reject_payment, verify_payment
from payments.actions.void import void_payment
from payments.models import Payment, PaymentEvent, Refund
from tests.stories import again, placed

CHECKS = (
    "payments.order_sums",
    "payments.facts",
    "payments.refund_bound",
    "events.chain",
    "events.current",
    "events.legal",
)


def healthy() -> bool:
    return not any(run_all(CHECKS).values())


def columns(order: Order) -> dict:
    o = again(order)
    return {
        "paid": o.paid_total, "authorized": o.authorized_total, "verifying": o.verifying_total,
        "refunded": o.refunded_total, "disputed": o.disputed_total, "cod_outstanding": o.cod_outstanding,
        "has_failed": o.has_failed_payment,
    }  # fmt: skip


def test_cash_counts_at_once(shop, fay):
    order = placed(("MUG", 2))
    payment = record_payment(order.number, method="cash", amount=Decimal("150.00"), actor=fay)
    assert (payment.status, again(order).paid_total, again(order).payment_status) == ("captured", 150, "partially_paid")
    record_payment(order.number, method="card", amount=Decimal(50), reference="tx", actor=fay)
    assert again(order).payment_status == "paid"
    assert healthy()


def test_more_than_owed_is_accepted_and_said(shop, fay):
    order = placed(("MUG", 1))
    record_payment(order.number, method="cash", amount=Decimal(120), actor=fay)
    assert (again(order).payment_status, again(order).balance_due) == ("overpaid", -20)


def test_an_upi_reference_counts_when_finance_has_seen_the_money(shop, ana, fay):
    order = placed(("MUG", 1))
    payment = record_payment(order.number, method="upi", amount=Decimal(100), reference="U-1", actor=ana)
    assert (again(order).paid_total, again(order).payment_status) == (0, "verification_pending")
    verify_payment(payment.number, actor=fay)
    assert (again(order).paid_total, again(order).payment_status) == (100, "paid")
    with pytest.raises(Refused, match="The money is here already"):
        verify_payment(payment.number, actor=fay)
    assert healthy()


def test_a_rejected_reference_may_be_given_again(shop, ana, fay):
    order = placed(("MUG", 1))
    payment = record_payment(order.number, method="bank", amount=Decimal(100), reference="N-1", actor=ana)
    with pytest.raises(Refused, match="Say why"):
        reject_payment(payment.number, reason=" ", actor=fay)
    reject_payment(payment.number, reason="Not in the account.", actor=fay)
    assert again(order).payment_status == "failed"
    assert record_payment(order.number, method="bank", amount=Decimal(100), reference="N-1", actor=ana).pk
    assert healthy()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount": Decimal(0)}, "amount_not_positive"),
        ({"amount": Decimal("-5")}, "amount_not_positive"),
        ({"amount": Decimal("1.005")}, "amount_too_fine"),
        ({"currency": "USD"}, "other_currency"),
        ({"method": "shells"}, "method_unknown"),
        ({"method": "cod"}, "cod_by_courier"),
        ({"method": "upi"}, "reference_missing"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(shop, ana, given, code):
    order = placed(("MUG", 1))
    with pytest.raises(Refused) as refused:
        record_payment(order.number, **({"method": "cash", "amount": Decimal(10), "actor": ana} | given))
    assert refused.value.code == code
    assert not Payment.objects.exists()


def test_a_reference_is_recorded_once(shop, ana):
    order = placed(("MUG", 1))
    first = record_payment(order.number, method="upi", amount=Decimal(100), reference="U-1", actor=ana)
    with pytest.raises(Refused, match=f"U-1 is recorded already: {first.number} over ₹100.00"):
        record_payment(order.number, method="upi", amount=Decimal(100), reference=" U-1 ", actor=ana)
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.create(
            number="PAY-X", order=order, method="upi", amount=1, currency="INR", reference="U-1", status="pending"
        )


def test_cash_on_delivery_is_never_paid_before_the_remittance_matches(shop, ana, fay):
    order = placed(("MUG", 2), payment_terms="cod")
    confirm_order(order.number, actor=ana)
    payment = Payment.objects.get(order=order)
    assert (payment.status, payment.amount, again(order).cod_outstanding) == ("cod_due", 200, 200)
    Order.objects.filter(pk=order.pk).update(qty_dispatched=2, qty_delivered=2)
    with transaction.atomic():
        publish("fulfilment.delivered", subject="SH-1", actor="system", stream=order.number)
    payment.refresh_from_db()
    assert (payment.status, again(order).payment_status, again(order).paid_total) == ("cod_collected", "cod", 0)
    with pytest.raises(Refused, match="at most that"):
        remit_cod(payment.number, reference="R-1", amount=Decimal(201), actor=fay)
    with pytest.raises(Refused, match="reference"):
        remit_cod(payment.number, reference="", actor=fay)
    remit_cod(payment.number, reference="R-1", amount=Decimal(190), actor=fay)
    assert (again(order).paid_total, again(order).cod_outstanding, again(order).balance_due) == (190, 0, 10)
    assert healthy()


def test_cash_due_is_voided_when_everything_came_back(shop, ana):
    order = placed(("MUG", 2), payment_terms="cod")
    confirm_order(order.number, actor=ana)
    Order.objects.filter(pk=order.pk).update(qty_dispatched=2, qty_rto=1)
    follow_parcels(order.number, actor="system")
    assert Payment.objects.get(order=order).status == "cod_due"  # one unit is still on the road
    Order.objects.filter(pk=order.pk).update(qty_rto=2)
    follow_parcels(order.number, actor="system")
    assert (Payment.objects.get(order=order).status, again(order).cod_outstanding) == ("voided", 0)
    assert healthy()


def test_received_money_is_refunded_and_never_voided(shop, fay):
    order = placed(("MUG", 1), paid="100.00")
    with pytest.raises(Refused, match="give it back as a refund"):
        void_payment(Payment.objects.get(order=order).number, reason="Mistake", actor=fay)


def test_a_lost_dispute_gives_back_what_was_left(shop, fay):
    order = placed(("MUG", 1), paid="100.00")
    number = Payment.objects.get(order=order).number
    open_dispute(number, reason="Bank letter", actor=fay)
    assert (again(order).payment_status, again(order).disputed_total) == ("disputed", 100)
    with pytest.raises(Refused, match="can still be refunded"):
        request_refund(order.number, amount=Decimal(1), reason="x", actor=fay)
    settle_dispute(number, won=False, actor=fay)
    assert (again(order).payment_status, again(order).refunded_total) == ("refunded", 100)
    assert healthy()


def test_capture_sets_the_sums_its_payments_add_up_to(shop):
    order = placed(
        ("MUG", 9),
        payments=(
            PaymentDraft("card", Decimal(300), "captured", "a", refunded=Decimal(500)),
            PaymentDraft("card", Decimal(200), "captured", "b", refunded=Decimal(50)),
            PaymentDraft("upi", Decimal(70), "verification_pending", "c"),
            PaymentDraft("card", Decimal(60), "authorized", "d"),
            PaymentDraft("cod", Decimal(50), "cod_due"),
            PaymentDraft("paypal", Decimal(40), "failed", "e"),
            PaymentDraft("card", Decimal(30), "captured", "a"),
            PaymentDraft("card", Decimal(20), "voided", "a"),
        ),
    )
    assert columns(order) == asdict(money_facts(order))
    assert list(order.payments.values_list("status", flat=True)) == [
        "refunded", "partially_refunded", "verification_pending", "authorized", "cod_due", "failed", "captured", "voided",
    ]  # fmt: skip
    assert list(Refund.objects.values_list("amount", flat=True)) == [300, 50]
    twice, other = order.payments.get(amount=30), order.payments.get(amount=40)
    assert (twice.reference, "reference a" in twice.note) == ("", True)
    assert (other.method, "paypal" in other.note) == ("other", True)
    assert healthy()


def test_every_change_is_on_the_orders_timeline(shop, ana, fay):
    order = placed(("MUG", 1))
    payment = record_payment(order.number, method="upi", amount=Decimal(100), reference="U-1", actor=ana)
    verify_payment(payment.number, actor=fay)
    moves = Event.objects.filter(stream=order.number, machine="payment").order_by("seq")
    assert [(e.move, e.source, e.target, e.actor_name) for e in moves] == [
        ("create", "", "verification_pending", "Ana"), ("verify", "verification_pending", "captured", "Fay"),
    ]  # fmt: skip
    assert [(f.kind, f.amount) for f in payment.facts.all()] == [("recorded", 100), ("captured", 100)]


def test_facts_are_never_changed(shop):
    placed(("MUG", 1), paid="100.00")
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentEvent.objects.update(amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentEvent.objects.all().delete()


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("payments.order_sums", "UPDATE orders_order SET paid_total = paid_total + 1"),
        ("payments.facts", "UPDATE payments_payment SET captured_amount = captured_amount - 1"),
        ("payments.refund_bound", "UPDATE payments_payment SET pending_refund_amount = 1"),
        ("payments.refund_bound", "UPDATE payments_refund SET amount = amount + 1"),
    ],
)
def test_doctor_names_the_row(shop, code, fault):
    order = placed(("MUG", 1), payments=(PaymentDraft("card", Decimal(100), refunded=Decimal(10)),))
    assert healthy()
    with connection.cursor() as cursor:
        cursor.execute(fault)
    subjects = {order.number, order.payments.get().number, order.refunds.get().number}
    assert {f.subject for f in run_all([code])[code]} & subjects
