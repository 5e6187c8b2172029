"""Reads of the order pages."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, QuerySet, Window

from oms.kernel.compiled import Statement, kept, statement
from oms.kernel.errors import Refusal
from oms.kernel.load import load_first, load_parts
from orders.checking.second import may_answer
from orders.models import Approval, Mention, Order
from orders.nearby import no_order

TAGS_OF = 300  # newest orders
# What the page shows, by relation name, and what is joined to each: one statement a table instead of two. Relations of apps
# above this one are read only where their app has added them.
HEAD = ("channel", "assignee", "customer", "sub_stage", "claimed_by", "split_from", "merged_into")
PARTS: dict[str, tuple[str, ...]] = {
    "lines": ("product", "ship_to"), "holds": ("reason",), "amendments": (), "attachments": ("added_by",),
    "fulfilment_orders": ("location", "ship_to", "purchase"),
    "fulfilment_orders__lines": ("line",), "fulfilment_orders__count_requests": ("product",),
    "shipments": ("carrier", "fulfilment_order__ship_to", "loss"), "payments": (), "refunds": (), "returns": ("reason",),
    "returns__lines": ("line",), "messages": (),
    "customer_messages": ("logged_by",), "split_off": (), "merged_from": (),
}  # fmt: skip


def order_page(number: str, user: Any) -> Order | None:
    """The order with everything its page shows, or None when this person may not see it."""
    order = load_first(Order, "m.number = %s", [number], joined=HEAD)
    if order is None or not order.is_visible_to(user):
        return None
    there: dict[str, list[Any]] = {"": [order]}
    for path, joined in PARTS.items():
        if _has(path.split("__")[0]):
            owners, _, relation = path.rpartition("__")
            there[path] = load_parts(there[owners], relation, joined=joined)
    return order


def known_tags(user: Any) -> list[str]:
    """The tags of the newest orders, to choose from."""
    newest = kept(("newest tags", user.reach), lambda: _newest_tags(user)).rows()
    return sorted({tag for (tags,) in newest for tag in tags}, key=str.lower)


def _newest_tags(user: Any) -> Statement:
    rows = Order.objects.visible_to(user).order_by("-placed_at", "-id").values_list("tags", flat=True)
    return statement(*rows[:TAGS_OF].query.sql_with_params())


@dataclass(frozen=True)
class ApprovalAsked:
    """The approval an order waits for, and why this person may not answer it (None: may)."""

    waiting: Approval | None
    refusal: Refusal | None


def approval(order: Order, user: Any) -> ApprovalAsked | None:
    """What a person sees of a waiting approval; asks the database only for orders held for their amount."""
    if not any(h.rule == "amount" and h.cleared_at is None for h in order.holds.all()):
        return None
    waiting = Approval.objects.filter(order=order, state="waiting").first()
    return ApprovalAsked(waiting, may_answer(waiting, user) if waiting else None)


def order_or_404(number: str, user: Any) -> Order:
    """The bare order, if this person may see it."""
    order = load_first(Order, "m.number = %s", [number], joined=("channel",))
    if order is None or not order.is_visible_to(user):
        raise no_order(number, user)
    return order


@dataclass(frozen=True)
class Called:
    """Notes that call a person: the newest unread ones, and how many there are in all."""

    rows: list[Mention]
    count: int


def mentions_of(user: Any, most: int = 5) -> Called:
    """What a home shows of a person's unread mentions, the newest first, in one statement."""
    unread = Mention.objects.visible_to(user).unread().annotate(count=Window(Count("pk")))
    rows = list(unread.select_related("note__author", "note__order").order_by("-pk")[:most])
    return Called(rows, rows[0].count if rows else 0)  # type: ignore[attr-defined]


def mentions_on(order: Order, user: Any) -> list[Mention]:
    """The person's unread mentions in notes of this order."""
    return list(Mention.objects.unread().filter(user=user, note__order=order).select_related("note__author"))


@cache
def _has(relation: str) -> bool:
    try:
        Order._meta.get_field(relation)
    except FieldDoesNotExist:
        return False
    return True


def merge_candidates(order: Order, user: Any) -> QuerySet[Order]:
    """Open orders of the same buyer that this one may be merged with, the newest first."""
    if order.customer_id is None:
        return Order.objects.none()
    rows = (
        Order.objects.visible_to(user)
        .open()
        .filter(
            customer_id=order.customer_id, channel_id=order.channel_id, currency=order.currency, is_historical=False
        )
    )
    return rows.exclude(pk=order.pk).order_by("-placed_at", "-pk")
