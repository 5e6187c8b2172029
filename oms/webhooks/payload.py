"""What a receiver reads: the event as JSON. Made anew for each attempt from a row that never changes, so always the same."""

import json

from oms.events.models import Event


def body_of(event: Event) -> bytes:
    """`data.sequence` numbers the events of one order from 1; an endpoint that hears only some of them sees gaps."""
    data = {
        "number": event.stream, "subject": event.subject, "sequence": event.seq, "actor": event.actor_kind,
        "machine": event.machine, "move": event.move, "from": event.source, "to": event.target, "details": event.payload,
    }  # fmt: skip
    told = {"type": event.name, "timestamp": event.occurred_at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
