"""Send a message again after somebody has looked at why it did not go out."""

from django.db import transaction

from notifications.actions.queue import reason_to_skip, recipient, write
from notifications.models import MessageTemplate, OutgoingMessage, OutgoingStatus
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit


@transaction.atomic
def resend_message(pk: int) -> OutgoingMessage:
    """Queue a failed or skipped message again, to the address of today.

    It keeps its Message-ID. Refuses messages that are on their way or sent, and while the cause is still there.
    """
    message = (
        OutgoingMessage.objects.select_for_update(of=("self",)).filter(pk=pk).select_related("order", "event").first()
    )
    if message is None:
        raise Refused("message_not_found", "There is no such message.")
    if message.status not in (OutgoingStatus.FAILED, OutgoingStatus.SKIPPED):
        state = message.get_status_display().lower()
        raise Refused("not_failed", f"This message is {state}; only failed and unsent ones are sent again.")
    template = MessageTemplate.objects.filter(key=message.template_key, channel="email").first()
    if why := reason_to_skip(message.order, template, message.event):
        raise Refused("cannot_be_sent", why)
    assert template is not None
    write(message, template)
    message.to = recipient(message.order, message.event)
    message.status, message.error, message.attempts, message.next_at = OutgoingStatus.QUEUED, "", 0, now()
    message.save(update_fields=["to", "subject", "body", "status", "error", "attempts", "next_at"])
    nudge_on_commit("notifications.tasks.send_due")
    return message
