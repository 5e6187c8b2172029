"""The conversation with the customer: what we write, what they say, who must answer by when, and how an answer finds its order."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from notifications.actions.converse import log_contact, need_no_answer, write_to_customer
from notifications.actions.send import send_due_messages
from notifications.addressing import order_of_address, reply_address
from notifications.models import CustomerMessage, MessageTemplate, OutgoingMessage, ReplyText
from notifications.quoting import fresh_part
from oms.intake.inbox import work_due
from oms.intake.models import Connection, InboundMessage
from oms.intake.signing import secret_of, sign
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS, run_all
from orders.actions.cancel import cancel_order
from orders.models import Order
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings):
    settings.REPLY_ADDRESS = "reply@in.shop.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 1))


def asked(order: Order, actor, text: str = "Where is it?", **changes) -> CustomerMessage:
    return log_contact(order.number, direction="in", medium="phone", text=text, actor=actor, **changes)


def gateway(order: Order, **changes) -> dict:
    return {"text": "Where is it?\n\nOn Monday somebody wrote:\n> Your order", "from": "Zoya <zoya@example.test>",
            "to": reply_address(order.number), "subject": "Re: Your order"} | changes  # fmt: skip


def arrives(connection: Connection, payload: dict, message_id: str = "m-1") -> int:
    raw, at = json.dumps(payload).encode(), int(now().timestamp())
    headers = {
        "webhook-id": message_id, "webhook-timestamp": str(at),
        "webhook-signature": sign(secret_of(connection), message_id, at, raw),
    }  # fmt: skip
    url = f"/api/v1/hooks/{connection.code}"
    status = Client().post(url, raw, content_type="application/json", headers=headers).status_code
    work_due()
    return status


@pytest.fixture
def post_box(db) -> Connection:
    return Connection.objects.create(code="post", name="Mail gateway", handler="customer messages")


def test_a_written_message_goes_out_once_in_its_frame_with_an_address_to_answer_to(order, ana):
    answer = signed_in(ana).post(f"/messages/orders/{order.number}/writing/", {"text": "It leaves tomorrow."})
    assert answer.url == f"/orders/{order.number}/#conversation"
    assert send_due_messages() == 1
    assert send_due_messages() == 0
    (sent,) = mail.outbox
    assert sent.to == ["zoya@example.test"]
    assert "Hello Zoya P," in sent.body
    assert "It leaves tomorrow." in sent.body
    assert order_of_address(sent.reply_to[0]) == order.number
    page = signed_in(ana).get(f"/orders/{order.number}/").content.decode()
    assert "It leaves tomorrow." in page
    assert "notifications.written" in said(order)


def test_what_cannot_go_out_is_refused_and_nothing_is_kept(order, ana):
    Order.objects.filter(pk=order.pk).update(email="")
    with pytest.raises(Refused, match="no e-mail address"):
        write_to_customer(order.number, text="Hello", actor=ana)
    Order.objects.filter(pk=order.pk).update(email="zoya@example.test")
    MessageTemplate.objects.filter(key="notifications.written").update(is_approved=False)
    with pytest.raises(Refused, match="not approved"):
        write_to_customer(order.number, text="Hello", actor=ana)
    with pytest.raises(Refused, match="Write the message"):
        write_to_customer(order.number, text=" \x00", actor=ana)
    assert not OutgoingMessage.objects.exists()
    assert "notifications.written" not in said(order)


def test_a_question_is_work_for_support_until_it_is_answered(order, ana, cy):
    asked(order, ana)
    order = again(order)
    assert order.answer_due_at is not None
    home = signed_in(cy).get("/").content.decode()
    assert "Answer the customer" in home
    assert order.number in home
    assert order.number in signed_in(cy).get("/orders/?view=all&asks=on").content.decode()
    write_to_customer(order.number, text="Tomorrow.", actor=cy)
    assert again(order).answer_due_at is None
    assert CustomerMessage.objects.get().answered_by == "Cy"
    assert order.number not in signed_in(cy).get("/orders/?view=all&asks=on").content.decode()


def test_the_oldest_open_question_sets_the_clock(order, ana):
    second = asked(order, ana, "And now?")
    first = asked(order, ana, at=now() - timedelta(hours=9))
    assert again(order).answer_due_at == first.due_at < second.due_at
    assert again(order).answer_due_at < now(), "late since five hours"


def test_a_call_of_ours_answers_too_and_thanks_need_no_answer(order, ana):
    asked(order, ana)
    log_contact(order.number, direction="out", medium="phone", text="Told her", actor=ana)
    assert again(order).answer_due_at is None
    asked(order, ana, "Thank you!", asks=False)
    assert again(order).answer_due_at is None
    asked(order, ana, "Thanks again!")
    need_no_answer(order.number, actor=ana)
    assert again(order).answer_due_at is None
    with pytest.raises(Refused, match="waits for an answer"):
        need_no_answer(order.number, actor=ana)


def test_a_finished_order_with_a_question_has_it_as_its_next_step(order, ana):
    cancel_order(order.number, reason="other", actor=ana)
    assert again(order).next_action == ""
    asked(order, ana)
    assert (again(order).next_action, again(order).owner_team) == ("answer_customer", "support")
    need_no_answer(order.number, actor=ana)
    assert again(order).next_action == ""


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"direction": "up"}, "medium_unknown"),
        ({"medium": "pigeon"}, "medium_unknown"),
        ({"text": " "}, "text_missing"),
        ({"text": "x" * 10_001}, "text_long"),
        ({"at": now() + timedelta(days=1)}, "at_in_future"),
    ],
)
def test_wrong_notes_are_refused(order, ana, given, code):
    with pytest.raises(Refused) as refused:
        log_contact(order.number, actor=ana, **({"direction": "in", "medium": "phone", "text": "x"} | given))
    assert refused.value.code == code


def test_an_answer_by_mail_finds_its_order_by_our_token_once(order, post_box):
    for message_id in ("m-1", "m-1"):
        assert arrives(post_box, gateway(order), message_id) == 202
    kept = CustomerMessage.objects.get()
    assert (kept.order, kept.text, kept.medium, kept.logged_by) == (order, "Where is it?", "email", None)
    assert again(order).answer_due_at == kept.due_at


def test_an_answer_without_token_needs_our_message_and_its_own_reader(order, ana, post_box):
    sent = write_to_customer(order.number, text="Hello", actor=ana)
    reply = gateway(order, to="orders@shop.example", references=sent.message_id)
    arrives(post_box, reply | {"from": "stranger@example.test"}, "m-1")
    assert not CustomerMessage.objects.exists()
    arrives(post_box, reply, "m-2")
    assert CustomerMessage.objects.get().order == order


@pytest.mark.parametrize("to", ["reply+so-99999-0123456789abcdef@in.shop.example", "orders@shop.example", ""])
def test_a_message_of_no_certain_order_is_parked_for_a_person(order, post_box, to):
    assert arrives(post_box, gateway(order, to=to, subject=f"About {order.number}")) == 202
    assert not CustomerMessage.objects.exists()
    assert InboundMessage.objects.get().status == "parked"


def test_a_token_of_one_order_does_not_open_another(order, shop):
    other = placed(("MUG", 1))
    forged = reply_address(order.number).replace(order.number.lower(), other.number.lower())
    assert order_of_address(forged) == ""
    assert order_of_address(reply_address(order.number).upper()) == order.number


def test_a_connection_of_one_channel_reaches_no_order_of_another(order, post_box):
    post_box.channel_code = "elsewhere"
    post_box.save()
    arrives(post_box, gateway(order))
    assert not CustomerMessage.objects.exists()


def test_quoted_history_is_left_out_but_never_everything():
    assert fresh_part("Yes.\r\n\r\nOn Mon, Meera wrote:\r\n> Is it?") == "Yes."
    assert fresh_part("> only a quote") == "> only a quote"


def test_reply_texts_start_a_message_with_todays_facts(order, ana):
    text = ReplyText.objects.create(name="Where", body="Ship to:\n{{ ship_to }}")
    page = signed_in(ana).get(f"/orders/{order.number}/?say={text.pk}").content.decode()
    assert "12 Example Road" in page.partition('name="text"')[2]
    assert signed_in(ana).get(f"/orders/{order.number}/?say=9999").status_code == 200


def test_a_person_of_another_channel_can_neither_read_nor_write(order, ana):
    outside = signed_in(person("tim", "support", channel_codes=["other"]))
    for name in ("writing", "contacts", "no-answer"):
        assert outside.post(f"/messages/orders/{order.number}/{name}/", {"text": "x"}).status_code == 404


def test_doctor_compares_the_order_with_its_messages(order, ana):
    asked(order, ana)
    assert list(CHECKS["messages.questions"].run()) == []
    Order.objects.filter(pk=order.pk).update(answer_due_at=None)
    assert [f.subject for f in CHECKS["messages.questions"].run()] == [order.number]


def test_the_books_are_right_after_a_conversation(order, ana):
    asked(order, ana)
    write_to_customer(order.number, text="Tomorrow.", actor=ana)
    asked(order, ana, "Which hour?")
    assert {k: v for k, v in run_all().items() if v} == {}
