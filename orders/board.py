"""The status board: the rows of the orders list as one column per stage, in the order of the flow."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.urls import reverse

from oms.kernel.clock import now
from oms.kernel.errors import Refusal
from oms.kernel.lifecycle import refusals
from oms.ui.counting import Count, counts_capped
from orders.models import Order
from orders.moves import OFFERS, TEAM_LABELS
from orders.policies import may_move
from orders.querysets import OrderQuerySet
from orders.stagebook import StageInfo, stages
from orders.states import StageKey

CARDS = 12  # of one column; the list behind it has all
COUNTED = 1000
# Stages every board shows, empty or not, so that the flow can be seen.
FLOW = (
    StageKey.NEW,
    StageKey.PAYMENT_PENDING,
    StageKey.READY_TO_PACK,
    StageKey.PACKING,
    StageKey.PACKED,
    StageKey.DISPATCHED,
)
# Where most orders of a large book rest: newest first, which an index answers.
RESTING = (
    StageKey.DISPATCHED,
    StageKey.DELIVERED,
    StageKey.RETURNED,
    StageKey.LOST,
    StageKey.CLOSED,
    StageKey.CANCELLED,
)
# Next action -> the move its card offers.
OFFERED = {"confirm": "confirm", "release": "release"}


@dataclass(frozen=True)
class CardMove:
    """The next move as a button of the card; `reasons` say why it is closed."""

    label: str
    url: str
    reasons: tuple[Refusal, ...]


@dataclass(frozen=True)
class BoardColumn:
    stage: StageInfo
    count: Count
    orders: list[Order]
    url: str

    @property
    def hidden(self) -> bool:
        """Whether there are more than the cards shown."""
        return self.count.value > len(self.orders)


def columns(rows: OrderQuerySet, user: Any, query: QueryDict) -> list[BoardColumn]:
    """The columns of `rows`, which are narrowed already by `query`; a fixed number of statements whatever their number."""
    asked = [info for info in stages().values() if info.key in query.getlist("stage") or "stage" not in query]
    counts = dict(
        zip((i.key for i in asked), counts_capped([rows.filter(stage=i.key) for i in asked], COUNTED), strict=True)
    )
    shown = [info for info in asked if counts[info.key] or (info.key in FLOW and "stage" not in query)]
    cards = _cards(rows, [info.key for info in shown if counts[info.key]], user)
    return [BoardColumn(i, counts[i.key], cards.get(i.key, []), _list_url(query, i.key)) for i in shown]


def _cards(rows: OrderQuerySet, keys: list[str], user: Any) -> dict[str, list[Order]]:
    """The first cards of each stage, in two statements: their ids, each stage by its own index, and then their rows."""
    firsts = [_first(rows, key) for key in keys]
    if not firsts:
        return {}
    ids = [pk for (pk,) in firsts[0].union(*firsts[1:], all=True)]
    found = Order.objects.filter(pk__in=ids).select_related("channel", "assignee", "claimed_by")
    by_id = {order.pk: order for order in found.defer("search_terms", "extra", "bill_to", "customer_note")}
    _dress(by_id.values(), user)
    cards: dict[str, list[Order]] = {}
    for pk in ids:
        if pk in by_id:
            cards.setdefault(by_id[pk].stage, []).append(by_id[pk])
    return cards


def _first(rows: OrderQuerySet, key: str) -> QuerySet:
    order = ("-placed_at", "-pk") if key in RESTING else (F("due_at").asc(nulls_last=True), "pk")
    return rows.filter(stage=key).order_by(*order).values_list("pk")[:CARDS]


def _dress(orders: Iterable[Order], user: Any) -> None:
    """Set what a card shows; who may make which move is asked once, not per card."""
    at = now()
    orders = list(orders)
    person = {move: may_move(user, "order", move) for move in {OFFERED.get(o.next_action) for o in orders} if move}
    for order in orders:
        order.is_late = order.due_at is not None and order.due_at < at  # type: ignore[attr-defined]
        order.owner_label = TEAM_LABELS.get(order.owner_team, "")  # type: ignore[attr-defined]
        order.card_move = _move(order, person)  # type: ignore[attr-defined]


def _move(order: Order, person: dict[str, Refusal | None]) -> CardMove | None:
    name = OFFERED.get(order.next_action)
    if name is None:
        return None
    label, url, _ = OFFERS[name]
    closed = tuple(refusals(order, name)) or tuple(r for r in (person[name],) if r)
    return CardMove(label, reverse(url, args=[order.number]), closed)


def _list_url(query: QueryDict, stage: str) -> str:
    kept = [(k, v) for k, values in query.lists() for v in values if k not in ("stage", "after", "before", "size")]
    return f"{reverse('orders:list')}?{urlencode([*kept, ('stage', stage)])}"
