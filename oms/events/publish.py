"""Say that something happened: one row per fact, in the transaction that made it true."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from oms.events.models import Delivery, Event
from oms.events.registry import after_handlers, every_handlers, within_handlers
from oms.kernel.actors import Actor, as_actor
from oms.kernel.clock import now
from oms.kernel.db import as_json, fetch, insert_rows
from oms.kernel.nudge import nudge_on_commit

EVENT_COLUMNS = (
    "name", "subject", "stream", "actor_kind", "actor_name", "actor_user_id", "at", "occurred_at",
    "machine", "move", "source", "target", "payload", "seq",
)  # fmt: skip
# Each fact comes with its place among the facts of its stream in this call; the stream goes on from where it stands.
STORE = f"""
INSERT INTO events_event ({", ".join(EVENT_COLUMNS)})
SELECT {", ".join(f"n.{name}" for name in EVENT_COLUMNS)}
  + COALESCE((SELECT max(e.seq) FROM events_event e WHERE e.stream = n.stream), 0)
FROM json_populate_recordset(NULL::events_event, %s::json) n
RETURNING id, seq
"""  # noqa: S608


@dataclass(frozen=True)
class Fact:
    """An event about to be published. `stream` is the order's number (default: the subject). Payload is JSON-ready."""

    name: str
    subject: str
    stream: str = ""
    machine: str = ""
    move: str = ""
    source: str = ""
    target: str = ""
    occurred_at: datetime | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def publish(name: str, *, subject: str, actor: Any, stream: str = "", **payload: Any) -> Event:
    """Publish one fact without a state change; keywords become its payload (JSON-ready values)."""
    return publish_all([Fact(name, subject, stream, payload=payload)], actor=actor)[0]


def publish_move(
    name: str,
    *,
    subject: str,
    actor: Any,
    machine: str,
    move: str,
    source: str,
    target: str,
    stream: str = "",
    **payload,
) -> Event:
    """Publish one state change of `machine`; doctor checks that these form an unbroken chain per subject."""
    fact = Fact(name, subject, stream, machine, move, source, target, payload=payload)
    return publish_all([fact], actor=actor)[0]


def publish_all(facts: Iterable[Fact], *, actor: Any) -> list[Event]:
    """Publish facts in order, run their `@within` handlers, and owe them to their `@after` handlers.

    The caller holds the lock of every stream (the order row).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish needs the transaction that makes the fact true")
    facts, who = list(facts), as_actor(actor)
    if not facts:
        return []
    events = _store(facts, who)
    _owe(events)
    for handler in every_handlers():
        handler(events)
    _run_within(events)
    return events


def _store(facts: list[Fact], who: Actor) -> list[Event]:
    at, events, places = now(), [], dict[str, int]()
    for fact in facts:
        stream = fact.stream or fact.subject
        places[stream] = places.get(stream, 0) + 1
        events.append(
            Event(
                name=fact.name, subject=fact.subject, stream=stream, seq=places[stream], actor_kind=who.kind,
                actor_name=who.name, actor_user_id=who.user_id, at=at, occurred_at=fact.occurred_at or at,
                machine=fact.machine, move=fact.move, source=fact.source, target=fact.target, payload=fact.payload,
            )
        )  # fmt: skip
    rows = as_json(Event, EVENT_COLUMNS, [[getattr(e, name) for name in EVENT_COLUMNS] for e in events])
    for event, (pk, seq) in zip(events, fetch(STORE, [rows]), strict=True):
        event.pk, event.seq = pk, seq
        event._state.adding = False
    return events


def _owe(events: list[Event]) -> None:
    rows = [(e.pk, path, "pending", 0, e.at, "") for e in events for path in after_handlers(e.name)]
    if rows:
        insert_rows(Delivery, ("event", "handler", "status", "attempts", "next_at", "last_error"), rows)
        nudge_on_commit("oms.events.tasks.relay")


def _run_within(events: list[Event]) -> None:
    by_name: dict[str, list[Event]] = {}
    for event in events:
        by_name.setdefault(event.name, []).append(event)
    for name, group in by_name.items():
        for handler in within_handlers(name):
            handler(group)
