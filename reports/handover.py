"""What changed since a person left: handed to them, gone overdue, moved on by others, held, asked by customers, mentions.

Each part is bounded by open work, never by the size of the book, and shows its first rows and a count that stops at 99.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from oms.events.models import Event
from oms.kernel.clock import now
from oms.ui.counting import Count, counts_capped
from orders.models import Hold, Mention, Order
from orders.words import said
from reports.models import Look

SHIFT = timedelta(hours=16)  # somebody who never said "seen" left yesterday evening
OLDEST = timedelta(days=14)
SHOWN, MOST = 20, 99


@dataclass(frozen=True)
class Item:
    """One thing that changed: the order, its customer, what happened, and `at` when, or with `is_due` until when it is to be done."""

    ref: str
    url: str
    who: str
    says: str
    at: datetime | None
    is_due: bool = False


@dataclass(frozen=True)
class Part:
    """One kind of change. `rows` is unevaluated; `item` turns a row into an Item."""

    key: str
    title: str
    rows: QuerySet
    item: Callable[[Any], Item]
    tone: str = ""


@dataclass(frozen=True)
class Change:
    """A part as it is shown: its count and, on the board, its first items."""

    key: str
    title: str
    count: Count
    tone: str
    items: list[Item]

    @property
    def more(self) -> bool:
        return self.count.value > len(self.items)


def seen_until(user: Any) -> datetime:
    """The moment the board begins at: what was last marked as seen, else the evening before, never over two weeks ago."""
    look = Look.objects.filter(user=user).values_list("seen_until", flat=True).first()
    at = now()
    return max(look or at - SHIFT, at - OLDEST)


def mark_seen(user: Any, upto: datetime) -> None:
    """Everything up to `upto` is known; never back in time, never beyond now."""
    until = min(upto, now())
    look, is_new = Look.objects.get_or_create(user=user, defaults={"seen_until": until})
    if not is_new and look.seen_until < until:
        look.seen_until = until
        look.save(update_fields=["seen_until"])


def summary(user: Any) -> tuple[datetime, list[Change]]:
    """What changed, counted only, for the top of a home: two statements whatever happened."""
    since = seen_until(user)
    found = parts(user, since)
    counts = counts_capped([p.rows for p in found], MOST)
    changed = [Change(p.key, p.title, n, p.tone, []) for p, n in zip(found, counts, strict=True) if n]
    return since, changed


def board(user: Any, since: datetime) -> list[Change]:
    """Every part with its first items."""
    found = parts(user, since)
    counts = counts_capped([p.rows for p in found], MOST)
    return [
        Change(p.key, p.title, n, p.tone, [p.item(row) for row in p.rows[:SHOWN]] if n else [])
        for p, n in zip(found, counts, strict=True)
    ]


def parts(user: Any, since: datetime) -> list[Part]:
    orders = Order.objects.visible_to(user)
    mine = orders.filter(assignee=user).exclude(next_action="")
    told = Event.objects.filter(stream=OuterRef("number"), at__gt=since)
    handed = mine.filter(
        Exists(told.filter(name="orders.assigned", payload__to=user.username).exclude(actor_user=user))
    )
    late = orders.open().filter(due_at__gt=since, due_at__lte=now())
    late = late.filter(Q(assignee=user) | Q(assignee__isnull=True, owner_team__in=user.teams))
    moved = mine.filter(Exists(told.filter(by_others(user))))
    # A no to one's own hold is news.
    holds = Hold.objects.filter(
        Q(placed_at__gt=since) | Q(declined_at__gt=since),
        cleared_at__isnull=True, owner_team__in=user.teams, order__in=orders.open(),
    ).exclude(placed_by=user.display_name, declined_at__isnull=True)  # fmt: skip
    wrote = told.filter(name="notifications.customer_wrote")
    asked = (
        orders.asking()
        .filter(Exists(wrote))
        .annotate(heard=Subquery(wrote.order_by("-seq").values("payload__text")[:1]))
    )
    if "support" not in user.teams and "sales" not in user.teams:
        asked = asked.filter(assignee=user)
    called = Mention.objects.visible_to(user).unread()
    return [
        Part("handed", "Handed to you", handed.order_by("due_at", "pk"), _to_do),
        Part("overdue", "Became overdue", late.order_by("due_at", "pk"), _to_do, "late"),
        Part("asked", "Customers wrote", asked.order_by("answer_due_at", "pk"), _asked, "wait"),
        Part("held", "New holds", holds.select_related("order", "reason").order_by("placed_at", "pk"), _held, "wait"),
        Part("mentions", "Mentions", called.select_related("note__author", "note__order").order_by("-pk"), _called),
        Part("moved", "Your orders moved on", moved.order_by("-updated_at", "-pk"), _moved),
    ]


def add_steps_of(changes: Iterable[Change], since: datetime, user: Any) -> list[Change]:
    """Say of each order that moved on what the last step was and whose: one statement for all."""
    found = list(changes)
    numbers = [item.ref for change in found if change.key == "moved" for item in change.items]
    steps = Event.objects.filter(stream__in=numbers, at__gt=since).filter(by_others(user))
    last = {e.stream: e for e in steps.order_by("stream", "-seq").distinct("stream")} if numbers else {}
    return [
        Change(c.key, c.title, c.count, c.tone, [_told(item, last.get(item.ref)) for item in c.items])
        if c.key == "moved"
        else c
        for c in found
    ]


def by_others(user: Any) -> Q:
    """Steps of an order or a parcel that somebody else made; what the house does by itself follows from one of them."""
    steps = Q(machine__in=("order", "shipment")) & ~Q(actor_kind="system") & ~Q(move__in=("place", "import", "create"))
    return steps & (Q(actor_user__isnull=True) | ~Q(actor_user=user))


def _told(item: Item, event: Event | None) -> Item:
    if event is None:
        return item
    return Item(item.ref, item.url, item.who, f"{event.actor_name} {said(event)}", event.at)


def _to_do(order: Order) -> Item:
    return Item(order.number, order.get_absolute_url(), order.customer_name, order.next_text, order.due_at, is_due=True)


def _moved(order: Order) -> Item:
    return _of(order, order.next_text, order.updated_at)


def _held(hold: Hold) -> Item:
    says = ": ".join(filter(None, (hold.reason.label, hold.said or hold.detail)))
    return _of(hold.order, says, hold.declined_at or hold.placed_at)


def _asked(order: Order) -> Item:
    says = str(order.heard or "")[:160]  # type: ignore[attr-defined]
    return Item(
        order.number, f"{order.get_absolute_url()}#conversation", order.customer_name, says, order.answer_due_at
    )


def _called(mention: Mention) -> Item:
    note = mention.note
    return _of(note.order, f"{note.author.display_name}: {note.text[:160]}", note.at)


def _of(order: Order, says: str, at: datetime | None) -> Item:
    return Item(order.number, order.get_absolute_url(), order.customer_name, says, at)
