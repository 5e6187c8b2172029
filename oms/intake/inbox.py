"""Messages from outside: stored at once and answered, worked on afterwards, parked with the reason when that fails."""

from collections.abc import Callable

from oms.intake.models import Connection, InboundMessage
from oms.kernel import queue
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit

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

    What a handler refuses is parked at once: trying again would be refused again, a person has to look.
    """
    return queue.work_due(InboundMessage, _work, joined="connection", limit=limit, hopeless=(Refused,))


def replay(message_ids: list[int]) -> int:
    """Put parked messages back in the queue with a fresh set of attempts; return how many."""
    return queue.put_back(InboundMessage.objects.filter(pk__in=message_ids))


def _work(message: InboundMessage) -> dict:
    name = message.connection.handler
    if name not in HANDLERS:
        raise Refused(
            "handler_unknown",
            f"The connection {message.connection} asks for “{name}”, which this version does not know.",
        )
    return {"outcome": HANDLERS[name](message)[:200]}
