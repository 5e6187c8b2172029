"""Write a message about an event, once, in the transaction of its delivery."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from notifications.context import TO_SUPPLIER, purchase_of, values_for
from notifications.models import MessageKey, MessageTemplate, OutgoingMessage, OutgoingStatus
from notifications.wording import render, render_subject
from oms.events.models import Event
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.db import fetch
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit
from orders.locks import lock_order
from orders.models import Order

LET_GO = """
UPDATE notifications_outgoingmessage m SET next_at = %(at)s::timestamptz FROM events_event e
WHERE e.id = m.event_id AND m.order_id = %(order)s::bigint AND m.status = 'queued' AND m.attempts = 0
  AND m.next_at > %(at)s::timestamptz AND e.seq < %(seq)s::int
"""
UNDONE = "The step was undone before the message went out."


@transaction.atomic
def queue_message(event: Event) -> OutgoingMessage:
    """Store the message that `event` calls for and return it; running it again finds the first one.

    A message that must not go out (no address, imported history, text switched off) is kept too, with the reason.
    """
    order = lock_order(event.stream)
    if seen := OutgoingMessage.objects.filter(event=event, template_key=event.name).first():
        return seen
    _let_go(order, event)
    message = _written(order, event)
    message.save()
    if message.status == OutgoingStatus.QUEUED:
        publish(
            "notifications.queued", subject=order.number, stream=order.number, actor="system",
            message=MessageKey(event.name).label, to=message.to, supplier=event.name in TO_SUPPLIER,
        )  # fmt: skip
        nudge_on_commit("notifications.tasks.send_due")
    return message


def _let_go(order: Order, event: Event) -> None:
    """Earlier messages that wait for an undo go out before this one: something has followed, nothing is undone any more."""
    fetch(LET_GO, {"at": now(), "order": order.pk, "seq": event.seq})


def _written(order: Order, event: Event) -> OutgoingMessage:
    message = OutgoingMessage(
        order=order, event=event, template_key=event.name, to=recipient(order, event), subject=MessageKey(event.name).label,
        created_at=now(), next_at=now(),
        # From the row's identity, not from chance: a copy sent after a crash is recognised as the same message.
        message_id=f"<oms-{event.pk}-{event.name}@{mail_domain()}>",
    )  # fmt: skip
    template = MessageTemplate.objects.filter(key=event.name, channel="email").first()
    if why := _undone(event) or reason_to_skip(order, template, event):
        message.status, message.error = OutgoingStatus.SKIPPED, why
        return message
    assert template is not None
    message.next_at += timedelta(minutes=template.hold_minutes)
    try:
        write(message, template)
    except Refused as broken:
        message.status, message.error = OutgoingStatus.FAILED, broken.message[:500]
    return message


def write(message: OutgoingMessage, template: MessageTemplate) -> None:
    """Fill the message's subject and text from `template` and today's facts. Raises Refused for a gap nobody can fill."""
    values = values_for(message.order, message.event)
    message.subject, message.body = render_subject(template.subject, values), render(template.body, values)


def recipient(order: Order, event: Event) -> str:
    """The address a message goes to: the customer's, or that of the supplier it is for."""
    return purchase_of(event).supplier.email.strip() if event.name in TO_SUPPLIER else order.email.strip()


def reason_to_skip(order: Order, template: MessageTemplate | None, event: Event) -> str:
    """Why nobody is written to, in a sentence; empty when the message may go out."""
    if order.is_historical:
        return "Imported history: the customer heard about it long ago."
    if template is None or not template.is_active:
        return "The text for this message is switched off."
    if not template.is_approved:
        return "The text for this message is not approved; an admin can approve it."
    if not recipient(order, event):
        if event.name in TO_SUPPLIER:
            return f"{purchase_of(event).supplier.name} has no e-mail address; send the PDF yourself, or add one and send again."
        return "The order has no e-mail address; add one and send again."
    return ""


def stop_messages(event: Event) -> None:
    """Keep what an undone step would have told the customer from going out; what is on its way cannot be called back."""
    waiting = OutgoingMessage.objects.select_for_update(skip_locked=True).filter(
        event_id=event.payload.get("undid"), status=OutgoingStatus.QUEUED
    )
    for message in waiting:
        message.status, message.error = OutgoingStatus.SKIPPED, UNDONE
        message.save(update_fields=["status", "error"])


def _undone(event: Event) -> str:
    taken_back = Event.objects.filter(stream=event.stream, name="orders.undone", payload__undid=event.pk)
    return UNDONE if taken_back.exists() else ""


def mail_domain() -> str:
    """The domain in our Message-IDs: that of the sender's address."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
