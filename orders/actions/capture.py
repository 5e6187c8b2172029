"""Capture orders: the one way in for forms, files and the API, for one order or thousands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from inventory.actions.reserve import OrderDemand, Reserved, reserve_orders
from inventory.locks import lock_wanted
from inventory.routing.plan import Demand
from inventory.supply import Supply
from oms.events.publish import Fact, publish_all
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.db import insert_rows
from oms.kernel.errors import Refusal
from orders.actions.progress import refresh, report_quantities
from orders.capture.addresses import store_addresses
from orders.capture.build import Built, build, source_hash
from orders.capture.catalogue import serving, supply_for
from orders.capture.customers import make_missing, match_key
from orders.capture.known import Known, read_known, read_seen
from orders.capture.store import store
from orders.capture.validate import problems
from orders.channels.draft import OrderDraft
from orders.checking.rulebook import book as asked
from orders.models import Channel, Hold, HoldReason, Order, Priority
from orders.priorities import set_priority
from orders.sending import by_address
from orders.stagebook import stages
from orders.states import OrderStatus


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
    sound: list[tuple[int, OrderDraft]] = []
    for i, draft in enumerate(drafts):
        if found := problems(draft):
            results[i] = Captured(draft.external_id, "refused", refusals=tuple(found))
        else:
            sound.append((i, draft))
    if sound:
        results |= _capture(sound, channel, actor)
    return [results[i] for i in range(len(drafts))]


def _capture(sound: list[tuple[int, OrderDraft]], channel: Channel, actor: Any) -> dict[int, Captured]:
    buyers = {key: d for _, d in reversed(sound) if (key := match_key(d, channel.country))}
    known = read_known(channel, [d for _, d in sound], list(buyers))
    new: dict[str, tuple[int, OrderDraft]] = {}
    for i, draft in sound:
        if draft.external_id in known.numbers:
            new.setdefault(draft.external_id, (i, draft))
    stored = _store([d for _, d in new.values()], known, channel, actor) if new else {}
    seen = dict(known.seen)
    if lost := [external_id for external_id in new if external_id not in stored]:
        # Somebody else stored the same orders a moment ago; by now they are visible.
        seen |= read_seen(channel, lost)
    results = {}
    for i, draft in sound:
        if order := stored.get(draft.external_id):
            if new[draft.external_id][0] == i:
                results[i] = Captured(draft.external_id, "created", order.number)
            else:  # sent twice in one call: the second learns the number its first copy was given
                results[i] = _seen(draft, order.number, order.source_hash)
        else:
            results[i] = _seen(draft, *seen[draft.external_id])
    return results


def _seen(draft: OrderDraft, number: str, digest: str) -> Captured:
    return Captured(draft.external_id, "unchanged" if digest == source_hash(draft) else "changed", number)


def _store(drafts: list[OrderDraft], known: Known, channel: Channel, actor: Any) -> dict[str, Order]:
    """Write everything about new orders; return by external id those that were really new."""
    at, who = now(), as_actor(actor)
    supply = supply_for(drafts, channel)
    keys = {d.external_id: match_key(d, channel.country) for d in drafts}
    make_missing({keys[d.external_id]: d for d in reversed(drafts)}, known.customers)
    book = stages()
    built = [
        build(
            d,
            known.numbers[d.external_id],
            channel=channel,
            customer_id=known.customers.get(keys[d.external_id]),
            products=supply.items,
            book=book,
            books=known.books,
            at=at,
        )
        for d in drafts
    ]
    rules = asked().priorities
    for b in built:
        if b.draft.priority is None:
            set_priority(b.order, known.groups.get(b.order.customer_id or 0), rules, at)
    built = store(built, who)
    store_addresses(built)
    publish_all([_fact(b, channel) for b in built], actor=who)
    _hold_unknown(built, who.name)
    _reserve(built, channel, supply, at)
    return {b.draft.external_id: b.order for b in built}


def _fact(b: Built, channel: Channel) -> Fact:
    past = b.draft.past
    payload: dict[str, Any] = {
        "channel": channel.code,
        "external_id": b.order.external_id,
        "total": str(b.order.total),
        "currency": b.order.currency,
    }
    if b.order.priority_why:
        payload["label"] = f"{Priority(b.order.priority).label}. {b.order.priority_why}"
    elif b.draft.priority is not None:
        payload["label"] = f"{Priority(b.draft.priority).label}, as it was asked for"
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


def _reserve(built: list[Built], channel: Channel, supply: Supply, at: datetime) -> None:
    """Claim stock for live work, the last write of the transaction; correct the orders that come up short."""
    locations = serving(channel, supply.places)
    groups = [
        (kind, found)
        for status, kind in ((OrderStatus.NEW, "soft"), (OrderStatus.PROCESSING, "hard"))
        if (found := _wanted([b for b in built if b.order.status == status], channel, supply, locations))
    ]
    if len(groups) > 1:  # an import of both: each claim sorts its own rows only
        lock_wanted(w for _, wanted in groups for _, parts in wanted.values() for w in parts)
    for kind, wanted in groups:
        expires = at + timedelta(hours=channel.reservation_hours) if kind == "soft" else None
        outcome = reserve_orders(
            [w for _, parts in wanted.values() for w in parts], kind=kind, expires_at=expires, shelves=supply
        )
        for number, (b, _) in wanted.items():
            _correct(b, outcome[number], "reserved" if kind == "soft" else "allocated", supply, locations)
        if kind == "hard":
            publish_all([Fact("orders.allocated", number) for number in wanted], actor="system")


def _wanted(
    built: list[Built], channel: Channel, supply: Supply, locations: tuple[int, ...]
) -> dict[str, tuple[Built, list[OrderDemand]]]:
    """What each of the orders that want something wants, by its number."""
    found = {}
    for b in built:
        demands = tuple(
            Demand(line.pk, line.product_id, qty, supply.recipes.get(line.product_id, ()))
            for line, qty in zip(b.lines, b.open_qty, strict=True)
            if qty and line.product_id
        )
        if demands:
            to = {line.pk: line.ship_to for line in b.lines} if b.further else {}
            found[b.order.number] = (b, by_address(b.order, channel, demands, to, locations))
    return found


def _correct(b: Built, reserved: Reserved, counter: str, supply: Supply, places: tuple[int, ...]) -> None:
    if not reserved.short:
        return
    products = [line.product_id for line in b.lines if line.product_id and line.pk in reserved.short]
    asked = [supply.asks_desk(supply.recipes.get(product, ((product, 1),)), places) for product in products]
    moved = {pk: {counter: -qty, "backordered": qty} for pk, qty in reserved.short.items()}
    report_quantities(b.order, moved, scarce=next(filter(None, asked), ""))
