"""Checks of the kernel: chains of moves, deliveries, streams, constraints."""

from collections.abc import Iterator
from functools import cache

from django.apps import apps

from oms.kernel.db import fetch
from oms.kernel.lifecycle import edges
from oms.ops.doctor.registry import Finding, check
from oms.ops.doctor.sql import findings

STUCK_MINUTES = 15


@check("events.chain", "Each machine's moves form an unbroken chain: from is the previous to")
def chain() -> Iterator[Finding]:
    yield from findings("""
        SELECT subject, format('%s: move %s starts at "%s" but the last one ended at "%s"', machine, move, source, before)
        FROM (SELECT subject, machine, move, source, id,
                     coalesce(lag(target) OVER (PARTITION BY machine, subject ORDER BY id), '') AS before
              FROM events_event WHERE machine <> '') moves
        WHERE source <> before ORDER BY id""")


@check("events.legal", "Every move is an edge of its machine")
def legal() -> Iterator[Finding]:
    known = _edges()
    moves = (
        "SELECT machine, move, source, target, min(subject) FROM events_event WHERE machine <> '' GROUP BY 1, 2, 3, 4"
    )
    for machine, move, source, target, subject in fetch(moves):
        if source and machine in known and (move, source, target) not in known[machine]:
            yield Finding(subject, f"{machine}: no move {move} from {source} to {target}")


@cache
def _edges() -> dict[str, set[tuple[str, str, str]]]:
    return {m: {(e.move, e.source, e.target) for e in edges(model)} for m, model in machines().items()}


@check("events.current", "Every machine stands where its last event says")
def current() -> Iterator[Finding]:
    yield from findings(
        " UNION ALL ".join(
            f"""(SELECT m.number, format('{machine} is %s but its last event says %s', m.status, e.target)
            FROM {model._meta.db_table} m LEFT JOIN LATERAL (
              SELECT target FROM events_event WHERE subject = m.number AND machine = '{machine}' ORDER BY id DESC LIMIT 1) e ON true
            WHERE m.status IS DISTINCT FROM e.target ORDER BY m.id)"""  # noqa: S608  our own names
            for machine, model in machines().items()
        )
    )


@check("events.seq", "Timelines have no gaps")
def seq() -> Iterator[Finding]:
    yield from findings("""
        SELECT stream, format('%s events, last is number %s', count(*), max(seq)) FROM events_event
        GROUP BY stream HAVING count(*) <> max(seq)""")


@check("deliveries.stuck", "No delivery is parked, none is overdue")
def stuck() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT e.subject, format('%s is %s after %s tries: %s', d.handler, d.status, d.attempts, d.last_error)
        FROM events_delivery d JOIN events_event e ON e.id = d.event_id
        WHERE d.status = 'parked' OR d.status = 'pending' AND d.next_at < now() - interval '{STUCK_MINUTES} minutes'""")  # noqa: S608


@check("inbox.stuck", "No message from outside is parked, none is overdue")
def inbox_stuck() -> Iterator[Finding]:
    yield from findings(f"""
        SELECT m.external_id, format('%s is %s after %s tries: %s', c.code, m.status, m.attempts, m.last_error)
        FROM intake_inboundmessage m JOIN intake_connection c ON c.id = m.connection_id
        WHERE m.status = 'parked' OR m.status = 'pending' AND m.next_at < now() - interval '{STUCK_MINUTES} minutes'""")  # noqa: S608


@check("events.future", "Nothing is dated in the future")
def future() -> Iterator[Finding]:
    # Not now(), which is when the doctor began: a large book takes minutes, and what happens meanwhile is no future.
    yield from findings("""
        SELECT subject, format('%s says it happened at %s', name, occurred_at) FROM events_event
        WHERE at > statement_timestamp() + interval '5 minutes' OR occurred_at > statement_timestamp() + interval '25 hours'""")


@check("schema.constraints", "Every expected constraint is present and valid")
def constraints() -> Iterator[Finding]:
    present = dict(
        fetch(
            """SELECT conname, convalidated FROM pg_constraint WHERE connamespace = current_schema()::regnamespace UNION ALL
            SELECT relname, true FROM pg_class WHERE relkind = 'i' AND relnamespace = current_schema()::regnamespace"""
        )
    )
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name not in present:
                yield Finding(constraint.name, f"missing on {model._meta.db_table}")
            elif not present[constraint.name]:
                yield Finding(constraint.name, f"not valid on {model._meta.db_table}")


@cache
def machines() -> dict[str, type]:
    """Every model with a number and a protected `status`, by the name its events carry."""
    names = {"FulfilmentOrder": "fulfilment"}
    found = {}
    for model in apps.get_models():
        fields = {f.name: f for f in model._meta.concrete_fields}
        historical = model.__name__.startswith("Historical")  # simple-history's copies
        if not historical and "number" in fields and type(fields.get("status")).__name__ == "FSMField":
            found[names.get(model.__name__, model.__name__.lower())] = model
    return found
