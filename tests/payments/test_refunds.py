"""Money out: two people, never more than came in, also when many ask at once."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

import payments.actions.refund as refunds
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.errors import Busy, Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.channels.draft import PaymentDraft
from orders.models import Order
from orders.words import detail
from payments.actions.follow import follow_remainder
from payments.actions.record import record_payment
from payments.actions.refund import (
    OtherWay,
    approve_refund,
    decline_refund,
    fail_refund,
    request_refund,
    send_refund,
    succeed_refund,
)  # fmt: skip
from payments.models import Payment, Refund, RefundPart, RefundPolicy
from payments.seeds import seed
from tests.conftest import make_shop, person
from tests.payments.test_money import healthy
from tests.stories import again, placed
from tests.together import Meeting, at_once

ASKERS = 16


def test_a_refund_counts_when_it_arrived(shop, cy, fay):
    order = placed(("MUG", 1), paid="100.00")
    refund = request_refund(order.number, amount=Decimal(40), reason="Scratched", actor=cy)
    approve_refund(refund.number, actor=fay)
    with pytest.raises(Refused, match="reference of the refund"):
        send_refund(refund.number, reference="", actor=fay)
    send_refund(refund.number, reference="B-9", actor=fay)
    assert again(order).refunded_total == 0
    succeed_refund(refund.number, actor=fay)
    assert (again(order).refunded_total, again(order).payment_status) == (40, "partially_refunded")
    assert order.payments.get().status == "partially_refunded"
    assert healthy()


def test_a_refund_is_spread_over_the_payments_newest_first(shop, fay):
    order = placed(("MUG", 1), paid="60.00")
    newest = record_payment(order.number, method="cash", amount=Decimal(40), actor=fay)
    refund = request_refund(order.number, amount=Decimal(100), reason="All of it", actor="system")
    assert refund.parts.values_list("payment", "amount").first() == (newest.pk, 40)
    approve_refund(refund.number, actor=fay)
    send_refund(refund.number, reference="B-9", actor=fay)
    succeed_refund(refund.number, actor=fay)
    assert again(order).payment_status == "refunded"
    assert set(order.payments.values_list("status", flat=True)) == {"refunded"}
    assert healthy()


def test_what_is_under_way_cannot_be_asked_for_again(shop, cy, fay):
    order = placed(("MUG", 1), paid="100.00")
    refund = request_refund(order.number, amount=Decimal(70), reason="Broken", actor=cy)
    with pytest.raises(Refused, match="₹30.00 of"):
        request_refund(order.number, amount=Decimal(31), reason="Broken", actor=cy)
    decline_refund(refund.number, reason="Not broken.", actor=fay)
    again_ = request_refund(order.number, amount=Decimal(100), reason="Broken", actor=cy)
    approve_refund(again_.number, actor=fay)
    send_refund(again_.number, reference="B-1", actor=fay)
    fail_refund(again_.number, reason="Account closed.", actor=fay)
    assert order.payments.get().refundable == 100
    assert healthy()


def test_a_fresh_house_has_limits_and_an_admins_are_kept(db):
    assert RefundPolicy.objects.get(currency="INR").limit == 2000
    RefundPolicy.objects.exclude(currency="INR").delete()
    RefundPolicy.objects.update(limit=10)
    seed()
    assert [(p.currency, p.limit) for p in RefundPolicy.objects.all()] == [("INR", 10)]


def test_above_the_limit_a_second_person_approves(shop, fay, olga):
    RefundPolicy.objects.filter(currency="INR").update(limit=50)
    order = placed(("MUG", 2), paid="200.00")
    small = request_refund(order.number, amount=Decimal(50), reason="Goodwill", actor=fay)
    large = request_refund(order.number, amount=Decimal("50.01"), reason="Goodwill", actor=fay)
    assert approve_refund(small.number, actor=fay).status == "approved"
    with pytest.raises(Refused, match="somebody else must approve"):
        approve_refund(large.number, actor=fay)
    assert approve_refund(large.number, actor=olga).approved_by == olga


def test_cancelling_voids_what_is_due_and_proposes_the_refund(shop, ana, fay):
    order = placed(
        ("MUG", 3),
        payments=(
            PaymentDraft("card", Decimal(100), "captured", "a"),
            PaymentDraft("card", Decimal(50), "authorized", "b"),
        ),
    )
    pending = record_payment(order.number, method="upi", amount=Decimal(20), reference="U-1", actor=ana)
    cancel_order(order.number, reason="customer_changed_mind", actor=ana)
    pending.refresh_from_db()
    assert pending.status == "voided"
    assert order.payments.get(reference="b").status == "voided"
    refund = Refund.objects.get(order=order)
    assert (refund.amount, refund.status, again(order).next_action) == (100, "requested", "refund")
    assert again(order).verifying_total == again(order).authorized_total == 0
    assert healthy()


def rush() -> Decimal:
    """16 threads each ask for 30 of the 100 received at the same moment; return what was promised in all."""
    make_shop()
    asker, order = person("fay", "finance"), placed(("MUG", 1), paid="100.00")

    def ask() -> None:
        with suppress(Refused, Busy):  # the point of the test: most are told no
            request_refund(order.number, amount=Decimal(30), reason="Rush", actor=asker)

    at_once(*[ask] * ASKERS)
    return sum(RefundPart.objects.values_list("amount", flat=True), Decimal(0))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient_locks")
def test_sixteen_at_once_never_promise_more_than_was_received():
    assert rush() == 90
    assert Payment.objects.get().pending_refund_amount == 90
    assert healthy()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_promises_too_much(monkeypatch):
    """Negative control: the same rush without the order's lock, everybody reading before anybody writes."""
    monkeypatch.setattr(refunds, "lock_order", lambda number: Order.objects.get(number=number))
    monkeypatch.setattr(refunds, "_say", lambda *args: None)  # the timeline's own numbering would stop most of them
    monkeypatch.setattr(refunds, "_sources", _read_together(refunds._sources))
    assert rush() > 100


def _read_together(read):
    meet = Meeting(ASKERS)

    def together(*args):
        rows = read(*args)
        assert meet.attend()
        return rows

    return together


def test_cancelling_a_part_asks_for_its_money_once(shop, ana):
    order = placed(("MUG", 3), paid="300.00")
    confirm_order(order.number, actor=ana)
    for qty in (1, 1):
        cancel_remainder(order.number, quantities={order.lines.get().pk: qty}, reason="other", actor=ana)
        deliver_due()
        follow_remainder(order.number, actor="system")  # told twice
    assert list(Refund.objects.order_by("pk").values_list("amount", flat=True)) == [100, 100]


def test_cancelling_a_part_nobody_paid_for_asks_for_nothing(shop, ana):
    order = placed(("MUG", 3), paid="100.00")
    confirm_order(order.number, actor=ana)
    cancel_remainder(order.number, quantities={order.lines.get().pk: 1}, reason="other", actor=ana)
    deliver_due()
    assert not Refund.objects.exists()


def other(way: str = "upi", to: str = "zoya@upi", reason: str = "The card has expired") -> OtherWay:
    return OtherWay(way, to, reason)


def test_a_refund_by_another_way_always_takes_a_second_person_and_is_on_the_timeline(shop, cy, fay, olga):
    order = placed(("MUG", 1), paid="100.00")
    refund = request_refund(order.number, amount=Decimal(10), reason="Scratched", other_way=other(), actor=fay)
    with pytest.raises(Refused, match="who did not ask for it must approve"):
        approve_refund(refund.number, actor=fay)  # ten rupees are far below what she may approve alone
    with pytest.raises(Refused, match="who did not ask for it must approve"):
        approve_refund(refund.number, actor="system")
    approve_refund(refund.number, actor=olga)
    send_refund(refund.number, reference="U-77", actor=fay)
    succeed_refund(refund.number, actor=fay)
    assert (again(order).refunded_total, order.payments.get().refunded_amount) == (10, 10)
    told = Event.objects.filter(stream=order.number, subject=refund.number).order_by("seq")
    assert [event.name.removeprefix("payments.refund_") for event in told] == [
        "requested",
        "approved",
        "sent",
        "succeeded",
    ]
    for event in told:
        assert "Not the way it was paid but by UPI to zoya@upi: The card has expired" in detail(event)
    assert healthy()


@pytest.mark.parametrize(
    ("asked", "says"),
    [(other(reason=" "), "why it cannot go back"), (other(to=""), "where it goes"), (other("card"), "bank transfer, UPI or cash")],
)  # fmt: skip
def test_another_way_needs_a_reason_a_destination_and_a_known_way(shop, cy, asked, says):
    order = placed(("MUG", 1), paid="100.00")
    with pytest.raises(Refused, match=says):
        request_refund(order.number, amount=Decimal(10), reason="Scratched", other_way=asked, actor=cy)
    with pytest.raises(Refused, match="Only a person"):
        request_refund(order.number, amount=Decimal(10), reason="Scratched", other_way=other(), actor="system")
    assert not Refund.objects.exists()


def test_the_database_and_doctor_see_one_person_doing_both(shop, fay, olga):
    order = placed(("MUG", 1), paid="100.00")
    refund = request_refund(order.number, amount=Decimal(10), reason="Scratched", other_way=other("cash"), actor=fay)
    approve_refund(refund.number, actor=olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(approved_by=fay)
    assert not list(CHECKS["payments.other_way"].run())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_refund DROP CONSTRAINT refund_other_way_by_two_people")
    Refund.objects.filter(pk=refund.pk).update(approved_by=fay)
    assert [found.subject for found in CHECKS["payments.other_way"].run()] == [refund.number]


def test_the_form_asks_for_another_way_once_and_the_pages_say_it(client, shop, cy, fay, olga):
    order = placed(("MUG", 1), paid="100.00")
    client.force_login(fay)
    url = f"/payments/refunds/new/{order.number}/"
    key = str(client.get(url).context["form"]["request_key"].value())
    typed = {"amount": "40", "payment": "", "reason": "Scratched", "request_key": key, "way": "upi"}
    page = client.post(url, typed)
    assert page.status_code == 422 and "Say where it goes" in page.text and not Refund.objects.exists()
    assert client.post(url, typed | {"way": "", "way_to": "zoya@upi"}).status_code == 422
    typed |= {"way_to": "zoya@upi", "way_reason": "The card has expired"}
    assert [client.post(url, typed).status_code for _ in range(2)] == [302, 302]
    refund = Refund.objects.get()
    assert client.post(url, typed | {"way": "bank"}).status_code == 422, "another content under the same key"
    assert refund.order.pk == order.pk and Refund.objects.count() == 1
    page = client.get(refund.get_absolute_url()).text
    assert "<b>by UPI to zoya@upi</b>: The card has expired" in page and "somebody else must approve it" in page
    assert "not the way it was paid" in client.get("/payments/refunds/?view=all").text
    client.post(f"/payments/refunds/{refund.number}/decision/", {"answer": "approve"})
    refund.refresh_from_db()
    assert refund.status == "requested"
    client.force_login(olga)
    assert "by UPI to zoya@upi, not the way it was paid" in client.get("/").text
    client.post(f"/payments/refunds/{refund.number}/decision/", {"answer": "approve"})
    refund.refresh_from_db()
    assert (refund.status, refund.approved_by) == ("approved", olga)
