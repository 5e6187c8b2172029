"""The demo's mail server: an e-mail backend that keeps every message in a page of this house."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import MailboxMessage
from oms.kernel.clock import now


class MailboxBackend(BaseEmailBackend):
    """Store messages instead of sending them. Like a good mail client, it shows one Message-ID once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            # Built as for the wire: a header that could not travel fails here as it would at a real server.
            wire = mail.message()
            MailboxMessage.objects.get_or_create(
                message_id=wire["Message-ID"],
                defaults={
                    "sender": mail.from_email, "to": ", ".join(mail.recipients())[:500],
                    "subject": str(mail.subject)[:300], "body": mail.body, "arrived_at": now(),
                },
            )  # fmt: skip
        return len(email_messages)
