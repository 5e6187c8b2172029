"""Finance's pages: who may open them, every move by form, and a refusal in words."""

from decimal import Decimal

import pytest
from django.urls import reverse

from oms.access.models import User
from payments.actions.refund import request_refund
from payments.models import Payment, Refund
from payments.selectors import finance_queues
from tests.stories import again, placed


def post(client, name, number, **data):
    return client.post(reverse(f"payments:{name}", args=[number]), data, follow=True)


def test_a_payment_from_the_order_to_the_books(shop, client, ana, fay):
    order = placed(("MUG", 1))
    client.force_login(ana)
    assert b'value="100.00"' in client.get(reverse("payments:record", args=[order.number])).content
    page = post(client, "record", order.number, method="upi", amount="100", reference="U-1")
    assert "waits for Finance to verify it" in page.content.decode()
    payment = Payment.objects.get()
    assert post(client, "verification", payment.number, answer="verify").status_code == 403
    client.force_login(fay)
    assert payment.number in client.get(reverse("payments:list")).content.decode()
    assert "is verified" in post(client, "verification", payment.number, answer="verify").content.decode()
    assert again(order).payment_status == "paid"
    assert payment.number in client.get(order.get_absolute_url()).content.decode()


def test_what_was_typed_stays_when_it_is_refused(shop, client, ana):
    order = placed(("MUG", 1))
    client.force_login(ana)
    page = client.post(reverse("payments:record", args=[order.number]), {"method": "upi", "amount": "77"})
    assert page.status_code == 422
    assert "Enter the UPI or bank reference" in page.content.decode()
    assert 'value="77"' in page.content.decode()


def test_overpaying_is_said(shop, client, fay):
    order = placed(("MUG", 1))
    client.force_login(fay)
    assert "overpaid by ₹20.00" in post(client, "record", order.number, method="cash", amount="120").content.decode()


def test_a_refund_from_request_to_arrival(shop, client, cy, fay):
    order = placed(("MUG", 1), paid="100.00")
    client.force_login(cy)
    assert client.get(reverse("payments:refund-new", args=[order.number])).status_code == 200
    post(client, "refund-new", order.number, amount="40", reason="Scratched", payment="")
    refund = Refund.objects.get()
    assert post(client, "refund-decision", refund.number, answer="approve").status_code == 403
    client.force_login(fay)
    assert refund.number in client.get(reverse("payments:refunds")).content.decode()
    post(client, "refund-decision", refund.number, answer="approve")
    post(client, "refund-sending", refund.number, reference="B-9")
    page = post(client, "refund-outcome", refund.number, answer="arrived")
    assert "Refunded." in page.content.decode()
    assert again(order).refunded_total == 40
    assert client.get(order.payments.get().get_absolute_url()).status_code == 200


def test_the_asker_sees_that_somebody_else_must_approve(shop, client, fay):
    order = placed(("MUG", 1), price="5000.00", paid="5000.00")
    refund = request_refund(order.number, amount=Decimal(4000), reason="Scratched", actor=fay)
    client.force_login(fay)
    assert "somebody else must approve it" in client.get(refund.get_absolute_url()).content.decode()
    assert (
        "somebody else must approve"
        in post(client, "refund-decision", refund.number, answer="approve").content.decode()
    )
    assert Refund.objects.get().status == "requested"


@pytest.mark.parametrize("typed", ["abc", "NaN", "Infinity", "1e400"])
def test_nonsense_amounts_are_refused(shop, client, fay, typed):
    order = placed(("MUG", 1), payment_terms="cod")
    payment = Payment.objects.create(
        number="PAY-1", order=order, method="cod", amount=100, currency="INR", status="cod_collected"
    )
    client.force_login(fay)
    page = post(client, "receipt", payment.number, reference="R", amount=typed)
    assert page.status_code == 200
    assert again(order).paid_total == 0


def test_nobody_sees_other_channels_money(shop, client, fay, bo):
    order = placed(("MUG", 1), paid="100.00")
    payment = order.payments.get()
    client.force_login(bo)
    assert client.get(reverse("payments:list")).status_code == 403
    User.objects.filter(pk=fay.pk).update(channel_codes=["elsewhere"])
    client.force_login(fay)
    for url in (payment.get_absolute_url(), reverse("payments:record", args=[order.number])):
        assert client.get(url).status_code == 404
    assert payment.number not in client.get(reverse("payments:list") + "?view=all").content.decode()


def test_queues_say_how_much_waits_and_since_when(shop, fay):
    order = placed(("MUG", 1), paid="100.00")
    request_refund(order.number, amount=Decimal(40), reason="Scratched", actor="system")
    queues = {key: (count, bool(oldest)) for key, _, count, oldest, _ in finance_queues(fay)}
    assert queues["to-approve"] == (1, True)
    assert queues["to-verify"] == (0, False)
