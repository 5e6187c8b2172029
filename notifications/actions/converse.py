"""Talk with the customer about an order: write, note what was said, and end a question."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min

from notifications.actions.queue import queue_message
from notifications.models import ContactMedium, CustomerMessage, Direction, OutgoingMessage
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_questions
from orders.locks import lock_order
from orders.models import Order

LONGEST, LONGEST_LOG = 4000, 10_000


@transaction.atomic
def write_to_customer(number: str, *, text: str, actor: Any) -> OutgoingMessage:
    """Send `text` by e-mail, within the approved frame of such messages; it answers what the customer asked.

    Refuses an empty or overlong text, and when the message could not go out (no address, frame switched off).
    """
    text, order = _checked(text, LONGEST), lock_order(number)
    event = publish("notifications.written", subject=number, actor=actor, text=text[:300], message=text)
    message = queue_message(event)
    if message.status in ("skipped", "failed"):
        raise Refused("cannot_be_sent", message.error)
    _answered(order, as_actor(actor).name)
    return message


@transaction.atomic
def log_contact(
    number: str, *, direction: str, medium: str, text: str, actor: Any, at: datetime | None = None, sender: str = "",
    subject: str = "", source: str = "", asks: bool = True,
) -> CustomerMessage:  # fmt: skip
    """Keep what a customer said, or what we told them by phone or chat; the latter answers what they asked.

    With `asks`, an incoming message waits for an answer, due within ANSWER_MINUTES. `source` names a message that came by
    itself: told twice, it is kept once. Refuses unknown ways, empty texts and moments to come.
    """
    if direction not in Direction.values or medium not in ContactMedium.values:
        raise Refused("medium_unknown", "Choose who spoke and how: by e-mail, phone, WhatsApp, SMS or at the counter.")
    text, moment = _checked(text, LONGEST_LOG), at or now()
    if moment > now() + timedelta(minutes=5):
        raise Refused("at_in_future", "That has not happened yet: choose a moment up to now.")
    order, who = lock_order(number), as_actor(actor)
    if source and (seen := CustomerMessage.objects.filter(source=source).first()):
        return seen
    incoming = direction == Direction.IN
    kept = CustomerMessage.objects.create(
        order=order, direction=direction, medium=medium, text=text, at=moment, sender=sender[:254], subject=subject[:200],
        logged_by_id=who.user_id, source=source, due_at=_due(order, moment) if incoming else None,
        answered_at=None if incoming and asks else now(), answered_by="" if incoming and asks else who.name,
    )  # fmt: skip
    name = "notifications.customer_wrote" if incoming else "notifications.contacted"
    publish(name, subject=number, actor=actor, text=text[:300], medium=medium, contact=kept.pk)
    if incoming:
        _tell_order(order)
    else:
        _answered(order, who.name)
    return kept


@transaction.atomic
def need_no_answer(number: str, *, actor: Any) -> int:
    """End every open question of the order without writing ("Thank you!" needs no reply). Refuses when none is open."""
    order = lock_order(number)
    count = _answered(order, f"{as_actor(actor).name}, no answer needed"[:80])
    if not count:
        raise Refused("nothing_asked", f"No customer message of {number} waits for an answer.")
    publish("notifications.customer_answered", subject=number, actor=actor, count=count)
    return count


def _checked(text: str, most: int) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused("text_missing", "Write the message first.")
    if len(text) > most:
        raise Refused("text_long", f"A message holds {most} characters; this one has {len(text)}. Shorten it.")
    return text


def _due(order: Order, moment: datetime) -> datetime:
    return moment + timedelta(minutes=settings.ANSWER_MINUTES)


def _answered(order: Order, by: str) -> int:
    open_ones = _open(order)
    count = open_ones.update(answered_at=now(), answered_by=by)
    if count:
        _tell_order(order)
    return count


def _tell_order(order: Order) -> None:
    report_questions(order, _open(order).aggregate(first=Min("due_at"))["first"])


def _open(order: Order) -> Any:
    return CustomerMessage.objects.filter(order=order, direction=Direction.IN, answered_at__isnull=True)
