"""kill -9 of a real worker process loses nothing and doubles nothing; each proof has its negative control."""

from datetime import timedelta

import pytest

from notifications.actions.send import send_due_messages
from notifications.models import MailboxMessage, OutgoingMessage
from oms.events.models import Delivery, DeliveryStatus
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from orders.actions.confirm import confirm_order
from tests.notifications.worker import outside_the_transaction
from tests.together import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("to_mailbox")]


@pytest.fixture
def to_mailbox(settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"


def killed_while_working(process) -> None:
    assert process.stdout.readline() == "working\n"
    process.end()


def deliver_when_free() -> None:
    """The server notices the dead connection within moments and gives the delivery back."""
    eventually(deliver_due, "the delivery comes back")


def test_a_worker_killed_inside_a_delivery_leaves_exactly_one_message(order, ana, worker):
    confirm_order(order.number, actor=ana)
    killed_while_working(worker("deliver"))
    assert OutgoingMessage.objects.count() == 0
    assert Delivery.objects.get(handler__startswith="notifications").status == DeliveryStatus.PENDING

    deliver_when_free()

    assert OutgoingMessage.objects.count() == 1
    assert Delivery.objects.get(handler__startswith="notifications").status == DeliveryStatus.DONE
    assert deliver_due() == 0


def test_negative_control_an_effect_outside_the_transaction_is_doubled(order, ana, worker, monkeypatch):
    from notifications import handlers

    confirm_order(order.number, actor=ana)
    killed_while_working(worker("deliver-unsafe"))
    monkeypatch.setattr(handlers, "queue_message", outside_the_transaction)

    deliver_when_free()

    assert MailboxMessage.objects.filter(subject="effect").count() == 2


def killed_after_the_mail_left(order, ana, worker) -> OutgoingMessage:
    confirm_order(order.number, actor=ana)
    deliver_due()
    killed_while_working(worker("send"))
    message = OutgoingMessage.objects.get()
    assert (message.status, MailboxMessage.objects.count()) == ("sending", 1)
    assert send_due_messages() == 0  # the lease protects it while the dead worker could still be alive
    message.claimed_until = now() - timedelta(seconds=1)
    message.save(update_fields=["claimed_until"])
    return message


def test_a_sender_killed_after_the_mail_left_sends_the_same_message_not_another(order, ana, worker):
    message = killed_after_the_mail_left(order, ana, worker)

    assert send_due_messages() == 1

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("sent", 2)
    assert MailboxMessage.objects.count() == 1


def test_negative_control_with_a_new_message_id_the_customer_gets_two(order, ana, worker):
    message = killed_after_the_mail_left(order, ana, worker)
    message.message_id = "<another@shop.example>"
    message.save(update_fields=["message_id"])

    send_due_messages()

    assert MailboxMessage.objects.count() == 2
