"""Capture orders: the one way in for forms, files and the API, for one order or thousands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from inventory.actions.reserve import OrderDemand, Reserved, reserve_orders
from inventory.routing.plan import Demand
from oms.events.publish import Fact, publish_all
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.db import copy_history, insert_rows
from oms.kernel.errors import Refusal
from orders.actions.progress import refresh, report_quantities
from orders.capture.build import Built, build, source_hash
from orders.capture.catalogue import locations_for, products_for
from orders.capture.customers import customers_for, match_key
from orders.capture.validate import problems
from orders.channels.draft import OrderDraft
from orders.models import Channel, Hold, HoldReason, Order, OrderLine
from orders.models.line import QTY_COLUMNS
from orders.stagebook import stages
from orders.states import OrderStatus

ORDER_COLUMNS = tuple(f.name for f in Order._meta.concrete_fields if f.name != "id")
LINE_COLUMNS = tuple(f.name for f in OrderLine._meta.concrete_fields if f.name != "id")


@dataclass(frozen=True)
class Captured:
    """What became of one draft. `outcome`: created, unchanged (seen before, same content), changed (seen before,
    other content; nothing was written), refused (`refusals` say why)."""

    external_id: str
    outcome: str
    number: str = ""
    refusals: tuple[Refusal, ...] = ()


@transaction.atomic(savepoint=False)
def capture_orders(drafts: Sequence[OrderDraft], *, channel: Channel, actor: Any) -> list[Captured]:
    """Store each draft as an order, reserve its stock and say so; one answer per draft, in the order given.

    A draft that cannot be stored is refused alone; the others are stored. An (channel, external id) seen before is
    never stored twice, also not under concurrency. Stock is claimed last.
    """
    results: dict[int, Captured] = {}
    todo: list[tuple[int, OrderDraft]] = []
    known = _known(channel, drafts)
    for i, draft in enumerate(drafts):
        if found := problems(draft):
            results[i] = Captured(draft.external_id, "refused", refusals=tuple(found))
        elif seen := known.get(draft.external_id):
            results[i] = _seen(draft, *seen)
        else:
            known[draft.external_id] = ("", source_hash(draft))
            todo.append((i, draft))
    numbers = _store([d for _, d in todo], channel, actor) if todo else {}
    lost = [i for i, draft in todo if draft.external_id not in numbers]
    for i, draft in todo:
        if draft.external_id in numbers:
            results[i] = Captured(draft.external_id, "created", numbers[draft.external_id])
    if lost:
        # Somebody else stored the same orders a moment ago; by now they are visible.
        known = _known(channel, [drafts[i] for i in lost])
        results |= {i: _seen(drafts[i], *known[drafts[i].external_id]) for i in lost}
    # A draft sent twice in one call learns the number its first copy was given.
    for i, result in results.items():
        if not result.number and result.outcome != "refused":
            results[i] = replace(result, number=numbers[result.external_id])
    return [results[i] for i in range(len(drafts))]


def _known(channel: Channel, drafts: Sequence[OrderDraft]) -> dict[str, tuple[str, str]]:
    ids = [d.external_id for d in drafts]
    rows = Order.objects.filter(channel=channel, external_id__in=ids).values_list(
        "external_id", "number", "source_hash"
    )
    return {external_id: (number, digest) for external_id, number, digest in rows}


def _seen(draft: OrderDraft, number: str, digest: str) -> Captured:
    return Captured(draft.external_id, "unchanged" if digest == source_hash(draft) else "changed", number)


def _store(drafts: list[OrderDraft], channel: Channel, actor: Any) -> dict[str, str]:
    """Write everything about new orders; return the number by external id of those that were really new."""
    at, who = now(), as_actor(actor)
    products = products_for(drafts, channel)
    customers = customers_for(drafts, channel.country)
    book = stages()
    built = [
        build(
            d,
            number,
            channel=channel,
            customer_id=customers.get(match_key(d, channel.country)),
            products=products,
            book=book,
            at=at,
        )
        for d, number in zip(drafts, _numbers(len(drafts)), strict=True)
    ]
    built = _insert_orders(built)
    _insert_lines(built)
    copy_history(Order, [b.order.pk for b in built], kind="+", user_id=who.user_id, reason="Captured")
    publish_all([_fact(b, channel) for b in built], actor=who, new_streams=True)
    _hold_unknown(built, who.name)
    _reserve(built, channel, at)
    return {b.draft.external_id: b.order.number for b in built}


def _numbers(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number_seq') FROM generate_series(1, %s)", [count])
        return [f"SO-{row[0]}" for row in cursor.fetchall()]


def _insert_orders(built: list[Built]) -> list[Built]:
    fields: list[Any] = [Order._meta.get_field(name) for name in ORDER_COLUMNS]
    names = ", ".join(f'"{f.column}"' for f in fields)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    params = [f.get_db_prep_save(getattr(b.order, f.attname), connection) for b in built for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_order ({names}) VALUES {', '.join([marks] * len(built))} "  # noqa: S608
            "ON CONFLICT (channel_id, external_id) DO NOTHING RETURNING number, id",
            params,
        )
        stored = dict(cursor.fetchall())
    for b in built:
        b.order.pk = stored.get(b.order.number)
        b.order._state.adding = False
    return [b for b in built if b.order.pk]


def _insert_lines(built: list[Built]) -> None:
    lines = []
    for b in built:
        for line in b.lines:
            line.order_id = b.order.pk
            lines.append(line)
    rows = [[getattr(line, OrderLine._meta.get_field(name).attname) for name in LINE_COLUMNS] for line in lines]  # type: ignore[union-attr]
    for line, pk in zip(lines, insert_rows(OrderLine, LINE_COLUMNS, rows), strict=True):
        line.pk = pk
        line._state.adding = False


def _fact(b: Built, channel: Channel) -> Fact:
    past = b.draft.past
    payload: dict[str, Any] = {
        "channel": channel.code,
        "external_id": b.order.external_id,
        "total": str(b.order.total),
        "currency": b.order.currency,
    }
    if b.draft.warnings:
        payload["warnings"] = list(b.draft.warnings)
    if b.draft.payments:
        payload["payments"] = [
            {"method": p.method, "amount": str(p.amount), "state": p.state, "reference": p.reference,
             "at": p.at.isoformat() if p.at else None, "refunded": str(p.refunded)}
            for p in b.draft.payments
        ]  # fmt: skip
    if past:
        payload["past"] = {
            "dispatched_at": past.dispatched_at and past.dispatched_at.isoformat(),
            "delivered_at": past.delivered_at and past.delivered_at.isoformat(),
            "carrier": past.carrier, "tracking_number": past.tracking_number,
        }  # fmt: skip
    payload["order_id"] = b.order.pk
    return Fact(
        "orders.imported" if past else "orders.placed", b.order.number, machine="order", move="import" if past else "place",
        target=b.order.status, occurred_at=b.draft.placed_at, payload=payload,
    )  # fmt: skip


def _hold_unknown(built: list[Built], actor_name: str) -> None:
    """Lines whose SKU nobody knows wait for somebody who does."""
    held = [(b, i) for b in built for i in b.hold_lines]
    if not held:
        return
    reason = HoldReason.objects.get(key="unknown_sku")
    rows = [
        (
            b.order.pk,
            b.lines[i].pk,
            reason.pk,
            f"{b.lines[i].sku or b.lines[i].name}"[:300],
            reason.owner_team,
            actor_name,
            now(),
            "",
            "",
        )
        for b, i in held
    ]
    insert_rows(
        Hold,
        ("order", "line", "reason", "detail", "owner_team", "placed_by", "placed_at", "cleared_by", "clear_note"),
        rows,
    )
    for order in {b.order.pk: b.order for b, _ in held}.values():
        refresh(order)


def _reserve(built: list[Built], channel: Channel, at: datetime) -> None:
    """Claim stock for live work, the last write of the transaction; correct the orders that come up short."""
    locations = None
    for status, kind in ((OrderStatus.NEW, "soft"), (OrderStatus.PROCESSING, "hard")):
        wanted = {}
        for b in built:
            demands = tuple(
                Demand(line.pk, line.product_id, qty)
                for line, qty in zip(b.lines, b.open_qty, strict=True)
                if qty and line.product_id
            )
            if b.order.status == status and demands:
                locations = locations_for(channel) if locations is None else locations
                wanted[b.order.number] = (b, OrderDemand(b.order.number, demands, locations))
        if not wanted:
            continue
        expires = at + timedelta(hours=channel.reservation_hours) if kind == "soft" else None
        outcome = reserve_orders([w for _, w in wanted.values()], kind=kind, expires_at=expires)
        for number, (b, _) in wanted.items():
            _correct(b.order, outcome[number], "reserved" if kind == "soft" else "allocated")
        if kind == "hard":
            publish_all([Fact("orders.allocated", number) for number in wanted], actor="system")


def _correct(order: Order, reserved: Reserved, counter: str) -> None:
    if reserved.short:
        report_quantities(order, {pk: {counter: -qty, "backordered": qty} for pk, qty in reserved.short.items()})


assert set(QTY_COLUMNS) <= set(LINE_COLUMNS)
