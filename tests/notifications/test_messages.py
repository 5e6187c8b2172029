"""Customers are written to by events: once, from approved texts, and never by an accident of the mail server."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import connection

from notifications.actions import send
from notifications.actions.resend import resend_message
from notifications.actions.send import MAX_ATTEMPTS, send_due_messages
from notifications.handlers import tell_customer, tell_of_the_change
from notifications.models import MessageTemplate, OutgoingMessage
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.confirm import confirm_order
from orders.models import Order
from tests.orders.amending.steps import amended, qty
from tests.returns import story
from tests.stories import placed

pytestmark = pytest.mark.django_db


def confirmed(order, ana) -> OutgoingMessage:
    confirm_order(order.number, actor=ana)
    deliver_due()
    return OutgoingMessage.objects.get(order=order)


def test_a_confirmed_order_writes_to_its_customer(order, ana):
    message = confirmed(order, ana)

    assert (message.status, message.to, message.subject) == (
        "queued",
        "asha@example.test",
        f"Your order {order.number} is confirmed",
    )
    assert "2 × Blue mug" in message.body and "₹20.00" in message.body and "12 Lake Road" in message.body
    assert "{" not in message.body
    assert Event.objects.filter(stream=order.number, name="notifications.queued").count() == 1


def test_the_handler_may_run_twice(order, ana):
    message = confirmed(order, ana)

    tell_customer(message.event)
    tell_customer(message.event)

    assert OutgoingMessage.objects.count() == 1
    assert Event.objects.filter(name="notifications.queued").count() == 1


def test_sending_marks_it_sent_with_a_stable_id_and_no_second_copy(order, ana):
    message = confirmed(order, ana)

    assert send_due_messages() == 1
    assert send_due_messages() == 0

    message.refresh_from_db()
    assert (message.status, message.attempts, message.error) == ("sent", 1, "")
    (sent,) = mail.outbox
    assert (
        sent.message()["Message-ID"] == message.message_id == f"<oms-{message.event_id}-orders.confirmed@shop.example>"
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"email": ""}, "no e-mail address"), ({"is_historical": True}, "Imported history")],
)
def test_nobody_is_written_to_without_an_address_or_about_history(order, ana, changes, why):
    Order.objects.filter(pk=order.pk).update(**changes)
    message = confirmed(order, ana)

    assert message.status == "skipped" and why in message.error
    assert send_due_messages() == 0
    assert not mail.outbox


@pytest.mark.parametrize(("field", "why"), [("is_active", "switched off"), ("is_approved", "not approved")])
def test_only_approved_and_active_texts_go_out(order, ana, field, why):
    MessageTemplate.objects.update(**{field: False})

    message = confirmed(order, ana)

    assert message.status == "skipped" and why in message.error


def test_a_mail_server_that_fails_is_tried_again_later_then_shown_with_the_error(order, ana, monkeypatch):
    message = confirmed(order, ana)

    def down(message):
        raise SMTPServerDisconnected("connection lost")

    monkeypatch.setattr(send, "_hand_over", down)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert send_due_messages() == 1
        assert send_due_messages() == 0  # not before its moment
        message.refresh_from_db()
        assert message.attempts == attempt
        OutgoingMessage.objects.filter(pk=message.pk).update(next_at=now())

    assert message.status == "failed"
    assert "connection lost" in message.error


def test_a_failed_message_is_sent_again_to_todays_address(order, ana):
    message = confirmed(order, ana)
    OutgoingMessage.objects.filter(pk=message.pk).update(status="failed", attempts=6, error="no such mailbox")
    Order.objects.filter(pk=order.pk).update(email="new@example.test")

    resend_message(message.pk)
    send_due_messages()

    message.refresh_from_db()
    assert (message.status, message.attempts, mail.outbox[0].to) == ("sent", 1, ["new@example.test"])
    with pytest.raises(Refused, match="only failed"):
        resend_message(message.pk)


def test_sending_again_is_refused_while_the_cause_is_there(order, ana):
    Order.objects.filter(pk=order.pk).update(email="")
    message = confirmed(order, ana)

    with pytest.raises(Refused, match="no e-mail address"):
        resend_message(message.pk)


def test_a_message_that_kills_its_senders_is_put_aside(order, ana):
    message = confirmed(order, ana)
    OutgoingMessage.objects.filter(pk=message.pk).update(
        status="sending", attempts=MAX_ATTEMPTS, claimed_until=now() - timedelta(seconds=1)
    )
    send_due_messages()

    message.refresh_from_db()
    assert message.status == "failed" and not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_the_mail_server_is_called_with_no_transaction_open(order, ana, monkeypatch):
    confirmed(order, ana)
    seen = []
    monkeypatch.setattr(send, "_hand_over", lambda message: seen.append(connection.in_atomic_block))

    send_due_messages()

    assert seen == [False]


def test_a_result_that_comes_after_the_lease_is_not_booked_over_the_new_senders(order, ana, monkeypatch):
    message = confirmed(order, ana)

    def slow(claimed):
        OutgoingMessage.objects.filter(pk=claimed.pk).update(claimed_until=now() + timedelta(minutes=9))

    monkeypatch.setattr(send, "_hand_over", slow)
    send_due_messages(limit=1)

    message.refresh_from_db()
    assert message.status == "sending"


def test_names_with_markup_or_line_breaks_are_text_in_the_mail(ana):
    order = story.captured([story.mugs(1)], actor=ana)
    Order.objects.filter(pk=order.pk).update(customer_name="<b>Asha</b> {{ total }}\r\nBcc: x@example.test")
    MessageTemplate.objects.filter(key="orders.confirmed").update(subject="Hello {{ customer_name }}")

    confirmed(order, ana)
    send_due_messages()

    (sent,) = mail.outbox
    assert sent.subject == "Hello <b>Asha</b> {{ total }} Bcc: x@example.test"
    assert sent.recipients() == ["asha@example.test"]
    assert sent.message()["Bcc"] is None and sent.message().get_content_type() == "text/plain"


def test_a_change_tells_the_customer_what_its_author_wrote_and_nothing_when_they_wrote_nothing(shop, ana):
    order = placed(("MUG", 1))
    amended(order, qty(order, 2), actor=ana)
    order = amended(order, qty(order, 3), actor=ana, message="One more mug, as you asked.")
    for event in Event.objects.filter(stream=order.number, name="orders.amended").order_by("seq"):
        tell_of_the_change(event)
        tell_of_the_change(event)
    message = OutgoingMessage.objects.get(order=order)
    assert message.template_key == "orders.amended"
    assert "One more mug, as you asked." in message.body
    assert "3 × Mug" in message.body
    assert "Still to be paid: ₹300.00" in message.body
