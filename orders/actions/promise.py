"""Promise waiting units a day: from what is on its way, in the order of the queue, with every change kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from inventory.kits import in_one_queue, recipes
from inventory.models import Backorder
from inventory.promising import Forecast, Waiting, forecasts, lying, open_supply
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_supply
from orders.capture.catalogue import locations_for
from orders.locks import lock_order
from orders.models import Channel, Order, StockPromise
from orders.sending import chosen_places, refused_places, sent_from
from orders.sharing.desk import waiting_for_desk
from orders.states import OPEN_STATUSES


@dataclass(frozen=True)
class Turn:
    """A line's place in the queue: how many units wait, since when, when they come, and what the queue says of it."""

    qty: int
    since: datetime
    forecast: Forecast
    eta: date | None


def promise_waiting(skus: Collection[str] | None = None, *, actor: Any, reason: str = "") -> int:
    """Bring the promises of all lines waiting for `skus` (None: for anything) up to date; how many orders changed.

    One transaction per order. A reading that is old by then is set right by the next run; run twice, the second changes
    nothing.
    """
    skus = None if skus is None else in_one_queue(skus)
    turns, scarce = _turns(skus)
    current = StockPromise.objects.current().filter(**({} if skus is None else {"line__sku__in": list(skus)}))
    kept: dict[str, dict[int, StockPromise]] = {}
    for promise in current.select_related("order"):
        kept.setdefault(promise.order.number, {})[promise.line_id] = promise
    changed = {number for number in turns.keys() | kept.keys() if _differs(turns.get(number, {}), kept.get(number, {}))}
    return sum(
        _store(number, turns.get(number, {}), skus, scarce.get(number), actor, reason)
        for number in sorted(changed | scarce.keys())
    )


def nobody_waits(sku: str) -> bool:
    """Whether no line waits for `sku` or a kit of it, and none that did still has a promise to take back."""
    promised = StockPromise.objects.current().filter(line__sku=sku)
    return not Backorder.objects.of(sku).exists() and not promised.exists()


def _turns(skus: Collection[str] | None) -> tuple[dict[str, dict[int, Turn]], dict[str, str]]:
    """{order number: {line id: Turn}}, forecast over the whole queue of each product; and {order number: SKU} of the
    orders of which something else, or nothing any more, waits for the fair-share desk now."""
    rows = Backorder.objects.order_by("created_at", "pk")
    if skus is not None:
        rows = rows.of(*skus)
    queue = list(rows.values_list("line_id", "order_number", "product_id", "qty", "created_at", "eta"))
    if not queue:
        return {}, {}  # most arrivals: nobody waits
    numbers = {number for _, number, *_ in queue}
    open_orders = Order.objects.filter(number__in=numbers, status__in=OPEN_STATUSES)
    read = list(open_orders.values_list("number", "channel_id", "scarce_sku"))
    channel_of = {number: channel for number, channel, _ in read}
    serving = {c.pk: locations_for(c) for c in Channel.objects.filter(pk__in=set(channel_of.values()))}
    live = [row for row in queue if row[1] in channel_of]
    parts = recipes({line: product for line, _, product, *_ in live})
    chosen, refused = chosen_places([line for line, *_ in live]), refused_places(channel_of)
    places = {
        line: frozenset(sent_from(serving[channel_of[number]], chosen.get(line), refused.get(number, frozenset())))
        for line, number, *_ in live
    }
    waits = [
        Waiting(line, each, qty * units, places[line], in_kit=line in parts)
        for line, number, product, qty, *_ in live
        for each, units in parts.get(line, ((product, 1),))
    ]
    supply = open_supply({w.product_id for w in waits})
    if parts:
        supply += lying({w.product_id for w in waits if w.in_kit})
    found = forecasts(waits, supply)
    turns: dict[str, dict[int, Turn]] = {}
    for line, number, _, qty, since, eta in live:
        turns.setdefault(number, {})[line] = Turn(qty, since, found[line], eta)
    asking = waiting_for_desk({w.product_id for w in waits})
    told = {number: sku for number, _, sku in read if skus is None or not sku or sku in skus}
    return turns, {number: asking.get(number, "") for number, sku in told.items() if asking.get(number, "") != sku}


def _differs(turns: Mapping[int, Turn], kept: Mapping[int, StockPromise]) -> bool:
    return turns.keys() != kept.keys() or any(not _holds(kept[line], turn) for line, turn in turns.items())


def _says(promise: StockPromise, turn: Turn) -> bool:
    return (promise.qty, promise.due_on, promise.parts) == (turn.qty, turn.forecast.due_on, _parts(turn.forecast))


def _holds(promise: StockPromise, turn: Turn) -> bool:
    """Nothing to write: the queue, which forgets the day when it serves a part, says it too."""
    return _says(promise, turn) and turn.eta == turn.forecast.due_on


def _parts(forecast: Forecast) -> list[dict]:
    return [{"ref": p.ref, "qty": p.qty, "eta": p.eta.isoformat(), "confirmed": p.is_confirmed} for p in forecast.parts]


@transaction.atomic
def _store(
    number: str, turns: Mapping[int, Turn], skus: Collection[str] | None, scarce: str | None, actor: Any, reason: str
) -> bool:
    order = lock_order(number)
    waiting = dict(Backorder.objects.filter(order_number=number).values_list("line_id", "qty"))
    held = StockPromise.objects.current().filter(order=order).select_related("line")
    if skus is not None:
        held = held.filter(line__sku__in=list(skus))
    kept = {promise.line_id: promise for promise in held}
    over = [p.pk for line, p in kept.items() if line not in waiting or order.status not in OPEN_STATUSES]
    StockPromise.objects.filter(pk__in=over).update(ended_at=now())
    moved = []
    for line, turn in turns.items():
        old = kept.get(line)
        if waiting.get(line) != turn.qty:
            continue  # served or changed since it was read: the next run sees it
        if old is None or not _says(old, turn):
            moved.append((old, _write(order, line, turn, old, actor, reason)))
        Backorder.objects.filter(line_id=line, order_number=number).update(eta=turn.forecast.due_on)
    scarce = (order.scarce_sku if scarce is None else scarce) if waiting else ""
    if not moved and not over and scarce == order.scarce_sku:
        return False
    _report(order, scarce)
    _say(order, moved, actor, reason)
    return True


def _write(order: Order, line: int, turn: Turn, old: StockPromise | None, actor: Any, reason: str) -> StockPromise:
    if old is not None:
        old.ended_at = now()
        old.save(update_fields=["ended_at"])
    due = turn.forecast.due_on
    new = StockPromise(
        order=order, line_id=line, qty=turn.qty, due_on=due, ref=turn.forecast.ref, parts=_parts(turn.forecast),
        promised_on=(old.promised_on if old else None) or due, reason=reason[:200], actor_name=as_actor(actor).name,
        made_at=now(), waits_since=turn.since,
    )  # fmt: skip
    new.save()
    return new


def _report(order: Order, scarce: str) -> None:
    """Push the last day, and what waits for the fair-share desk, down to the order's own row."""
    rows = list(StockPromise.objects.current().filter(order=order).values_list("due_on", "ref"))
    known = [(due, ref) for due, ref in rows if due]
    ref = max(known)[1] if known else next((ref for _, ref in rows if ref), "")
    complete = bool(rows) and len(known) == len(rows)
    report_supply(order, max(known)[0] if complete else None, ref, scarce)


def _say(order: Order, moved: list[tuple[StockPromise | None, StockPromise]], actor: Any, reason: str) -> None:
    """One event for new days, one for days that moved; a change of the supply alone is in the ledger only."""
    new = [p for old, p in moved if p.due_on and (old is None or old.promised_on is None)]
    other = [(old, p) for old, p in moved if old and old.promised_on and old.due_on != p.due_on]
    if new:
        text = ", ".join(f"{p.qty} × {p.line.sku}: {p.ref}, {_day(p.due_on)}" for p in new)
        publish("orders.stock_promised", subject=order.number, actor=actor, label=text)
    if other:
        text = ", ".join(f"{p.line.sku}: {_day(old.due_on)} → {_day(p.due_on)}" for old, p in other)
        publish("orders.promise_moved", subject=order.number, actor=actor, label=text, why=reason)


@transaction.atomic
def renew_promise(promise_id: int, *, actor: Any, message: str = "", seen: date | None = None) -> StockPromise:
    """Promise the customer the day that supply keeps now; a `message` is what they read about it.

    Refuses while there is no such day, and when the day moved again since it was `seen`.
    """
    number = StockPromise.objects.filter(pk=promise_id).values_list("order__number", flat=True).first()
    if number is None:
        raise Refused("promise_unknown", "There is no such promise; reload the page.")
    order = lock_order(number)
    old = StockPromise.objects.select_related("line").get(pk=promise_id)
    if old.ended_at is not None or (seen is not None and seen != old.due_on):
        raise Refused("promise_moved", f"The day of {old.line.sku} in {number} moved meanwhile. Look again.")
    if old.due_on is None:
        raise Refused("no_supply", f"{old.line.sku}: nothing on order covers it; order it first.")
    if old.due_on == old.promised_on:
        raise Refused("promise_holds", f"{old.line.sku}: this is the day that is promised.")
    was, old.ended_at = old.promised_on, now()
    old.save(update_fields=["ended_at"])
    new = StockPromise.objects.create(
        order=order, line=old.line, qty=old.qty, due_on=old.due_on, promised_on=old.due_on, ref=old.ref, parts=old.parts,
        reason="Renewed" + (", customer written to" if message.strip() else ""), actor_name=as_actor(actor).name,
        made_at=now(), waits_since=old.waits_since,
    )  # fmt: skip
    publish(
        "orders.promise_renewed", subject=number, actor=actor, sku=old.line.sku, message=message.strip()[:4000],
        label=f"{old.line.sku}: {_day(was)} → {_day(new.promised_on)}",
    )  # fmt: skip
    return new


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b}" if day else "no day"
