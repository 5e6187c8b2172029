"""Pages of messages and of the relay: who may, what they show, sending and replaying again."""

import pytest
from django.urls import reverse

from notifications.mailbox import MailboxBackend
from notifications.models import MailboxMessage, MessageTemplate, OutgoingMessage
from oms.access.models import User
from oms.events.models import Delivery
from oms.events.relay import deliver_due
from orders.actions.confirm import confirm_order
from orders.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(order, ana) -> OutgoingMessage:
    Order.objects.filter(pk=order.pk).update(customer_name="<script>alert(1)</script>")
    confirm_order(order.number, actor=ana)
    deliver_due()
    return OutgoingMessage.objects.get()


def person(role: str, **kwargs) -> User:
    return User.objects.create_user(f"p-{role}", roles=[role], display_name=role.title(), **kwargs)


def test_the_list_and_one_message_show_text_as_text(client, ana, message):
    client.force_login(ana)

    for url in (reverse("notifications:list"), reverse("notifications:detail", args=[message.pk])):
        page = client.get(url).content.decode()
        assert message.order.number in page and "<script>alert" not in page


def test_a_failed_message_is_found_and_sent_again(client, ana, message):
    OutgoingMessage.objects.update(status="failed", error="no such mailbox")
    client.force_login(ana)

    page = client.get(reverse("notifications:list"), {"view": "failed"}).content.decode()
    assert "no such mailbox" in page
    client.post(reverse("notifications:sending", args=[message.pk]))
    message.refresh_from_db()
    assert message.status == "queued"


def test_the_warehouse_may_read_but_not_send(client, message):
    client.force_login(person("warehouse"))

    assert client.get(reverse("notifications:list")).status_code == 200
    assert client.post(reverse("notifications:sending", args=[message.pk])).status_code == 403


def test_another_channels_messages_do_not_exist(client, message):
    client.force_login(person("support", channel_codes=["elsewhere"]))

    assert client.get(reverse("notifications:detail", args=[message.pk])).status_code == 404
    assert message.order.number not in client.get(reverse("notifications:list")).content.decode()


def test_the_mailbox_shows_each_message_once(client, ana, message, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    from notifications.actions.send import send_due_messages

    send_due_messages()
    mail = MailboxMessage.objects.get()
    client.force_login(ana)

    assert mail.subject in client.get(reverse("notifications:mailbox")).content.decode()
    page = client.get(reverse("notifications:mail", args=[mail.pk])).content.decode()
    assert "asha@example.test" in page and "<script>alert" not in page


def test_the_mailbox_is_searched_by_address_subject_and_text(client, ana, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    for n, to in enumerate(("asha@example.test", "ravi@example.test")):
        MailboxMessage.objects.create(
            message_id=str(n), sender="us", to=to, subject=f"Order {n}", body="100% of <b>it</b>"
        )
    client.force_login(ana)

    def found(words: str) -> list[bool]:
        page = client.get(reverse("notifications:mailbox"), {"q": words}).text
        return [subject in page for subject in ("Order 0", "Order 1")]

    assert found("asha@") == [True, False]
    assert found("order 1") == [False, True]
    assert found("100%") == [True, True]
    assert found("1000%") == [False, False]
    assert "&lt;i&gt;" in client.get(reverse("notifications:mailbox"), {"q": "<i>"}).text


def test_without_the_local_mailbox_the_page_says_where_mail_goes(client, ana, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "mail.shop.example"
    client.force_login(ana)

    assert "mail.shop.example" in client.get(reverse("notifications:mailbox")).content.decode()


def test_the_backend_stores_a_resent_message_once(message):
    from django.core.mail import EmailMessage

    mails = [EmailMessage("Hi", "text", to=["a@example.test"], headers={"Message-ID": "<1@shop.example>"})] * 2
    assert MailboxBackend().send_messages(mails) == 2
    assert MailboxMessage.objects.count() == 1


def test_changing_a_text_takes_its_approval_back(client):
    client.force_login(person("admin"))
    template = MessageTemplate.objects.get(key="orders.confirmed")
    url = reverse("admin:notifications_messagetemplate_change", args=[template.pk])
    data = {
        "key": template.key,
        "channel": "email",
        "subject": template.subject,
        "is_active": "on",
        "hold_minutes": "0",
        "is_approved": "on",
    }

    assert "Asha Rao" in client.get(url).content.decode()
    client.post(url, data | {"body": "Hello {{ nope }}"})
    template.refresh_from_db()
    assert template.is_approved and "nope" not in template.body
    client.post(url, data | {"body": "Hello {{ customer_name }}"})
    template.refresh_from_db()
    assert not template.is_approved and template.body == "Hello {{ customer_name }}"
    client.post(url, data | {"body": template.body})
    template.refresh_from_db()
    assert template.is_approved and template.history.count() >= 2


def test_parked_deliveries_are_shown_and_replayed_by_those_who_may(client, message):
    delivery = Delivery.objects.filter(handler__startswith="notifications").get()
    Delivery.objects.filter(pk=delivery.pk).update(status="parked", attempts=6, last_error="ValueError: <b>no</b>")
    client.force_login(person("owner"))

    page = client.get(reverse("events:deliveries")).content.decode()
    assert "ValueError: &lt;b&gt;no&lt;/b&gt;" in page
    client.post(reverse("events:replay"), {"delivery": [delivery.pk, "x"]})
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("pending", 0)
    assert "Tick at least one" in client.post(reverse("events:replay"), {}, follow=True).content.decode()

    client.force_login(person("support"))
    assert client.get(reverse("events:deliveries")).status_code == 403
    assert client.post(reverse("events:replay"), {"delivery": [delivery.pk]}).status_code == 403
