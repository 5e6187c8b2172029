"""Messages from outside: stored at once and answered, worked on afterwards, parked with the reason when that fails."""

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from oms.intake.models import Connection, InboundMessage, InboundStatus
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 6
BACKOFF = (5, 30, 120, 600, 3600)  # seconds before attempts 2..6
# Does the work of one message in one transaction and says in a few words what came of it.
Handler = Callable[[InboundMessage], str]
HANDLERS: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Register what connections with this handler do with their messages. It may run twice and must allow for it."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


def receive(connection: Connection, *, external_id: str, body: bytes) -> None:
    """Keep a message; told twice, it is kept once. The caller must have checked the signature."""
    row = InboundMessage(connection=connection, external_id=external_id, body=body, next_at=now(), received_at=now())
    InboundMessage.objects.bulk_create([row], ignore_conflicts=True)
    nudge_on_commit("oms.intake.tasks.inbox")


def work_due(limit: int = 200) -> int:
    """Work on up to `limit` waiting messages, one transaction each; return how many were attempted.

    The row lock is the lease: a worker that dies gives its message back, and what it half did is rolled back.
    """
    done = 0
    while done < limit and _work_next():
        done += 1
    return done


def replay(message_ids: list[int]) -> int:
    """Put parked messages back in the queue with a fresh set of attempts; return how many."""
    parked = InboundMessage.objects.filter(pk__in=message_ids, status=InboundStatus.PARKED)
    return parked.update(status=InboundStatus.PENDING, attempts=0, next_at=now())


def _work_next() -> bool:
    with transaction.atomic():
        message = (
            InboundMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("connection")
            .filter(status=InboundStatus.PENDING, next_at__lte=now())
            .order_by("next_at", "pk")
            .first()
        )
        if message is None:
            return False
        message.attempts += 1
        try:
            with transaction.atomic():
                outcome = _handler(message)(message)
        except Refused as refused:
            _park(message, str(refused))  # trying again would be refused again: a person has to look
        except Exception as error:  # any other fault is kept on the message and tried again
            log.warning("inbound message %s failed: %s", message.pk, error)
            _put_back(message, "".join(traceback.format_exception_only(error)).strip())
        else:
            message.status, message.outcome, message.last_error = InboundStatus.DONE, outcome[:200], ""
            message.done_at = now()
            message.save(update_fields=["status", "outcome", "last_error", "done_at", "attempts"])
    return True


def _handler(message: InboundMessage) -> Handler:
    name = message.connection.handler
    if name not in HANDLERS:
        raise Refused(
            "handler_unknown",
            f"The connection {message.connection} asks for “{name}”, which this version does not know.",
        )
    return HANDLERS[name]


def _put_back(message: InboundMessage, error: str) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _park(message, error)
        return
    message.last_error, message.next_at = error[:2000], now() + timedelta(seconds=BACKOFF[message.attempts - 1])
    message.save(update_fields=["last_error", "next_at", "attempts"])


def _park(message: InboundMessage, error: str) -> None:
    message.status, message.last_error = InboundStatus.PARKED, error[:2000]
    message.save(update_fields=["status", "last_error", "attempts"])
