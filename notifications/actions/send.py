"""Send what is due: claim and commit, talk to the mail server with no transaction open, then book the result."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction

from inventory.documents.purchase import purchase_pdf
from notifications.addressing import reply_address
from notifications.context import TO_SUPPLIER, purchase_of
from notifications.models import MessageKey, OutgoingMessage, OutgoingStatus
from oms.kernel.clock import now
from oms.kernel.db import update_row
from oms.kernel.load import load_first
from oms.kernel.text import storable

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 6
BACKOFF = (30, 120, 600, 3600, 6 * 3600)  # seconds before attempts 2..6
# What OutgoingMessage.objects.due() has, the longest due first.
DUE = "(m.status = 'queued' AND m.next_at <= %s OR m.status = 'sending' AND m.claimed_until < %s) ORDER BY m.next_at, m.id"
LEASE = timedelta(minutes=5)  # far longer than the mail server's timeout of 10 s


@dataclass(frozen=True)
class Claim:
    """A message in our hands until `until`; after that another worker may take it."""

    message: OutgoingMessage
    until: datetime


def send_due_messages(limit: int = 100) -> int:
    """Send up to `limit` due messages, one claim each; return how many were attempted."""
    done = 0
    while done < limit and (claim := _claim_next()):
        _send(claim)
        done += 1
    return done


def _claim_next() -> Claim | None:
    with transaction.atomic():
        at = now()
        message = load_first(OutgoingMessage, DUE, [at, at], joined=("order",), skip_locked=True)
        if message is None:
            return None
        message.status, message.claimed_until = OutgoingStatus.SENDING, at + LEASE
        message.attempts += 1
        _store(message, "status", "claimed_until", "attempts")
        return Claim(message, message.claimed_until)


def _send(claim: Claim) -> None:
    if claim.message.attempts > MAX_ATTEMPTS:  # its senders died again and again: look at it before it kills more
        _book(
            claim,
            OutgoingStatus.FAILED,
            error="Sending it ended the worker several times. Look at the text, then send again.",
        )
        return
    try:
        _hand_over(claim.message)
    except (SMTPException, OSError, ValueError) as error:
        _put_back(claim, error)
    else:
        _book(claim, OutgoingStatus.SENT)


def _hand_over(message: OutgoingMessage) -> None:
    # An answer to the customer's message is the customer's; a supplier answers purchasing.
    back = "" if message.template_key in TO_SUPPLIER else reply_address(message.order.number)
    EmailMessage(
        attachments=_papers(message), reply_to=[back] if back else None,
        subject=message.subject, body=message.body, to=[message.to],
        headers={"Message-ID": message.message_id, "X-OMS-Order": message.order.number, "Auto-Submitted": "auto-generated"},
    ).send()  # fmt: skip


def _papers(message: OutgoingMessage) -> list[tuple[str, bytes, str]]:
    """The purchase order as it stands, for the supplier who is to send it."""
    if message.template_key != MessageKey.SUPPLIER_ORDER:
        return []
    purchase = purchase_of(message.event)
    return [(f"{purchase.number}.pdf", purchase_pdf(purchase), "application/pdf")]


def _put_back(claim: Claim, error: Exception) -> None:
    words = storable(f"{type(error).__name__}: {error}")[:500]
    log.warning("message %s not sent: %s", claim.message.pk, words)
    if claim.message.attempts >= MAX_ATTEMPTS:
        _book(claim, OutgoingStatus.FAILED, error=words)
    else:
        _book(
            claim,
            OutgoingStatus.QUEUED,
            error=words,
            next_at=now() + timedelta(seconds=BACKOFF[claim.message.attempts - 1]),
        )


@transaction.atomic
def _book(claim: Claim, status: str, *, error: str = "", next_at: datetime | None = None) -> None:
    """Write the result, unless the lease ran out and somebody else has the message now."""
    still_mine = "m.id = %s::bigint AND m.claimed_until = %s"
    mine = load_first(OutgoingMessage, still_mine, [claim.message.pk, claim.until], wait=0)
    if mine is None:
        log.warning("message %s was taken over while it was being sent", claim.message.pk)
        return
    mine.status, mine.error, mine.claimed_until = status, error, None
    mine.next_at = next_at or mine.next_at
    mine.sent_at = now() if status == OutgoingStatus.SENT else None
    _store(mine, "status", "error", "claimed_until", "next_at", "sent_at")


def _store(message: OutgoingMessage, *names: str) -> None:
    update_row(OutgoingMessage, message.pk, {name: getattr(message, name) for name in names})
