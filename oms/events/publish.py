"""Say that something happened: one row per fact, in the transaction that made it true."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from oms.events.models import Delivery, Event
from oms.events.registry import after_handlers, every_handlers, within_handlers
from oms.kernel.actors import Actor, as_actor
from oms.kernel.clock import now
from oms.kernel.db import insert_rows
from oms.kernel.nudge import nudge_on_commit

EVENT_COLUMNS = (
    "name", "subject", "stream", "seq", "actor_kind", "actor_name", "actor_user",
    "at", "occurred_at", "machine", "move", "source", "target", "payload",
)  # fmt: skip


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


def publish_all(facts: Iterable[Fact], *, actor: Any, new_streams: bool = False) -> list[Event]:
    """Publish facts in order, run their `@within` handlers, and owe them to their `@after` handlers.

    The caller holds the lock of every stream (the order row). `new_streams` promises the streams have no events yet.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish needs the transaction that makes the fact true")
    facts, who = list(facts), as_actor(actor)
    if not facts:
        return []
    events = _store(facts, who, {} if new_streams else _last_seqs({f.stream or f.subject for f in facts}))
    _owe(events)
    for handler in every_handlers():
        handler(events)
    _run_within(events)
    return events


def _last_seqs(streams: set[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream, max(seq) FROM events_event WHERE stream = ANY(%s) GROUP BY stream", [list(streams)]
        )
        return dict(cursor.fetchall())


def _store(facts: list[Fact], who: Actor, last: dict[str, int]) -> list[Event]:
    at, events = now(), []
    for fact in facts:
        stream = fact.stream or fact.subject
        seq = last[stream] = last.get(stream, 0) + 1
        events.append(
            Event(
                name=fact.name, subject=fact.subject, stream=stream, seq=seq, actor_kind=who.kind, actor_name=who.name,
                actor_user_id=who.user_id, at=at, occurred_at=fact.occurred_at or at, machine=fact.machine,
                move=fact.move, source=fact.source, target=fact.target, payload=fact.payload,
            )
        )  # fmt: skip
    rows = [
        (e.name, e.subject, e.stream, e.seq, e.actor_kind, e.actor_name, e.actor_user_id, e.at, e.occurred_at,
         e.machine, e.move, e.source, e.target, e.payload)
        for e in events
    ]  # fmt: skip
    for event, pk in zip(events, insert_rows(Event, EVENT_COLUMNS, rows), strict=True):
        event.pk = pk
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
