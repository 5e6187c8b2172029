"""The same form sent twice and the same fact told twice change the books once."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from orders.channels.draft import PaymentDraft
from payments.actions.authorize import authorize_payment, capture_payment
from payments.actions.record import record_payment
from payments.actions.refund import request_refund
from payments.models import Payment, PaymentEvent, Refund
from tests.conftest import make_shop, person
from tests.stories import again, placed
from tests.together import at_once


def opened_form(client, name: str, number: str) -> dict[str, str]:
    """The hidden key the page was given."""
    form = client.get(reverse(f"payments:{name}", args=[number])).context["form"]
    return {"request_key": str(form["request_key"].value())}


def sent_by_two_threads(user, name: str, number: str, data: dict[str, str]) -> list[int]:
    """Post one form from two threads at the same moment; the statuses of the answers."""
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(user)
    url = reverse(f"payments:{name}", args=[number])
    return at_once(*(lambda client=client: client.post(url, data).status_code for client in clients))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("keyed", "made"), [(True, 1), (False, 2)], ids=["with the key", "negative control"])
def test_a_payment_form_sent_twice_at_once_is_one_payment(client, keyed, made):
    make_shop()
    fay, order = person("fay", "finance"), placed(("MUG", 5))
    client.force_login(fay)
    key = opened_form(client, "record", order.number) if keyed else {}
    assert sent_by_two_threads(fay, "record", order.number, {"method": "cash", "amount": "100"} | key) == [302, 302]
    assert (Payment.objects.count(), again(order).paid_total) == (made, 100 * made)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("keyed", "made"), [(True, 1), (False, 2)], ids=["with the key", "negative control"])
def test_a_refund_form_sent_twice_at_once_is_one_refund(client, keyed, made):
    make_shop()
    fay, order = person("fay", "finance"), placed(("MUG", 5), paid="500.00")
    client.force_login(fay)
    key = opened_form(client, "refund-new", order.number) if keyed else {}
    data = {"amount": "100", "reason": "Scratched", "payment": ""} | key
    assert sent_by_two_threads(fay, "refund-new", order.number, data) == [302, 302]
    assert (Refund.objects.count(), Payment.objects.get().pending_refund_amount) == (made, 100 * made)


def test_a_used_form_with_another_content_is_refused_and_says_what_it_made(shop, fay):
    order, key = placed(("MUG", 5), paid="300.00"), uuid4()
    first = record_payment(order.number, method="cash", amount=Decimal(100), request_key=key, actor=fay)
    repeated = record_payment(order.number, method="cash", amount=Decimal(100), request_key=key, actor=fay)
    assert repeated.pk == first.pk
    with pytest.raises(Refused, match=f"This form was sent already: it made {first.number} over ₹100.00"):
        record_payment(order.number, method="cash", amount=Decimal(70), request_key=key, actor=fay)
    asked = request_refund(order.number, amount=Decimal(10), reason="Late", request_key=key, actor=fay)
    assert request_refund(order.number, amount=Decimal(10), reason="Late", request_key=key, actor=fay).pk == asked.pk
    with pytest.raises(Refused, match="sent already"):
        request_refund(order.number, amount=Decimal(10), reason="Broken", request_key=key, actor=fay)
    assert (again(order).paid_total, Refund.objects.count()) == (400, 1)


def test_the_database_refuses_the_second_row_of_a_key(shop):
    order, key = placed(("MUG", 5)), uuid4()
    same = {"order": order, "method": "cash", "amount": 1, "currency": "INR", "status": "pending", "request_key": key}
    Payment.objects.create(number="PAY-X", **same)
    with pytest.raises(DatabaseError, match="payment_request_once"), transaction.atomic():
        Payment.objects.create(number="PAY-Y", **same)


def test_a_mangled_key_is_refused_in_words(shop, client, fay):
    order = placed(("MUG", 1))
    client.force_login(fay)
    url = reverse("payments:record", args=[order.number])
    page = client.post(url, {"method": "cash", "amount": "5", "request_key": "not-a-key"})
    assert (page.status_code, Payment.objects.count()) == (422, 0)
    assert "Open the form again." in page.content.decode()


def test_each_opening_of_a_form_draws_its_own_key_and_a_refused_one_keeps_it(shop, client, fay):
    order = placed(("MUG", 1))
    client.force_login(fay)
    keys = [opened_form(client, "record", order.number)["request_key"] for _ in range(2)]
    assert keys[0] != keys[1]
    assert UUID(keys[0])
    page = client.post(reverse("payments:record", args=[order.number]), {"method": "upi", "request_key": keys[0]})
    assert f'value="{keys[0]}"' in page.content.decode()


def test_a_fact_the_gateway_tells_twice_is_one_fact(shop):
    order = placed(("MUG", 2), payments=(PaymentDraft("card", Decimal(200), "pending", "g"),))
    number = order.payments.get().number
    for _ in range(2):
        authorize_payment(number, source="gateway", external_id="evt-1", actor="system")
    for _ in range(2):
        capture_payment(number, source="gateway", external_id="evt-2", actor="system")
    assert list(PaymentEvent.objects.values_list("kind", flat=True)) == ["recorded", "authorized", "captured"]
    assert (again(order).paid_total, run_all(["payments.facts"])["payments.facts"]) == (200, [])
    with pytest.raises(
        Refused, match="The money is here already"
    ):  # negative control: without its id the second telling is a move
        capture_payment(number, actor="system")


def test_a_fact_belongs_to_one_payment(shop):
    order = placed(("MUG", 2), payments=(PaymentDraft("card", Decimal(9), "pending", "a"),
                                         PaymentDraft("card", Decimal(8), "pending", "b")))  # fmt: skip
    first, second = order.payments.order_by("pk")
    capture_payment(first.number, source="gateway", external_id="evt-1", actor="system")
    with pytest.raises(Refused, match=f"told evt-1 of {first.number}"):
        capture_payment(second.number, source="gateway", external_id="evt-1", actor="system")
    with pytest.raises(DatabaseError, match="payment_fact_once"), transaction.atomic():
        PaymentEvent.objects.create(
            payment=second, kind="captured", source="gateway", external_id="evt-1", actor_name="x"
        )


def test_an_announced_cash_payment_is_left_to_the_courier_when_the_order_is_confirmed(shop, ana):
    order = placed(("MUG", 2), payment_terms="cod", payments=(PaymentDraft("cod", Decimal(200), "pending"),))
    payment = order.payments.get()
    with pytest.raises(Refused, match="The courier brings this cash"):
        capture_payment(payment.number, actor=ana)
    confirm_order(order.number, actor=ana)
    assert [(p.number, p.status) for p in order.payments.all()] == [(payment.number, "cod_due")]
    assert [f.kind for f in payment.facts.all()] == ["recorded", "cod_due"]
    assert again(order).cod_outstanding == 200


def test_more_than_the_amount_is_never_received(shop):
    order = placed(("MUG", 1), paid="100.00")
    with pytest.raises(DatabaseError, match="payment_captured_within_amount"), transaction.atomic():
        order.payments.update(captured_amount=101)
