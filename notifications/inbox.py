"""Messages of customers that arrive signed, from a mail or chat gateway: found their order, kept once, waiting for an answer."""

from typing import Any

from pydantic import BaseModel, Field, ValidationError

from notifications.actions.converse import LONGEST_LOG, log_contact
from notifications.addressing import event_of_reference, order_of_address
from notifications.models import ContactMedium, Direction, OutgoingMessage
from notifications.quoting import fresh_part
from oms.intake.inbox import handles
from oms.intake.models import InboundMessage
from oms.kernel.actors import Actor
from oms.kernel.errors import Refused
from orders.models import Order


class MessageIn(BaseModel):
    """What a gateway tells of one message. `to` carries our token; `references` the Message-IDs it answers."""

    text: str = Field(min_length=1, max_length=200_000)
    sender: str = Field("", alias="from", max_length=254)
    to: str = Field("", max_length=1000)
    subject: str = Field("", max_length=998)
    references: str = Field("", max_length=8000)
    channel: str = Field("email", pattern="^(email|whatsapp|sms)$")


@handles("customer messages")
def keep_message(message: InboundMessage) -> str:
    """Keep it on its order. Refuses, so that a person looks, what is unreadable or belongs to no order we can be sure of."""
    told = _read(bytes(message.body))
    number = _order_of(told)
    if message.connection.channel_code:
        own = Order.objects.filter(number=number, channel__code=message.connection.channel_code)
        if not own.exists():
            raise Refused("other_channel", f"{number} is not an order of this connection's channel.")
    kept = log_contact(
        number, direction=Direction.IN, medium=ContactMedium(told.channel), text=fresh_part(told.text)[:LONGEST_LOG],
        sender=told.sender, subject=told.subject, source=f"{message.connection.code}:{message.external_id}"[:260],
        actor=Actor("integration", message.connection.name), at=message.received_at,
    )  # fmt: skip
    return f"{number}: message {kept.pk}"


def _order_of(told: MessageIn) -> str:
    """By our token first, then by the message it answers when its own customer wrote it; a subject alone proves nothing."""
    if (number := order_of_address(told.to)) and Order.objects.filter(number=number).exists():
        return number
    if event := event_of_reference(told.references):
        sent = OutgoingMessage.objects.filter(event_id=event).select_related("order").first()
        if sent and sent.to.lower() == _address(told.sender):
            return sent.order.number
    raise Refused(
        "order_unclear",
        f"A message from {told.sender or 'somebody'} names no order we can be sure of; note it by hand.",
    )


def _address(sender: str) -> str:
    """The bare address of "Asha Rao <asha@example.com>"."""
    return sender.rpartition("<")[2].strip("> ").lower()


def _read(body: bytes) -> MessageIn:
    try:
        return MessageIn.model_validate_json(body)
    except ValidationError as error:
        first: Any = error.errors()[0]
        where = "/" + "/".join(str(part) for part in first["loc"])
        raise Refused("message_unreadable", f"{where}: {first['msg']}.") from error
