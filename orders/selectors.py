"""Reads of the order pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.http import Http404

from oms.events.models import Event
from oms.kernel.errors import Refusal
from orders.checking.second import may_answer
from orders.models import Approval, Order, OrderLine
from orders.words import detail, said

# Panels of apps above this one, by relation name: each is prefetched only where its app has added the relation.
PANELS = (
    "fulfilment_orders__location", "fulfilment_orders__lines__line", "fulfilment_orders__count_requests__product",
    "shipments__carrier", "payments", "refunds", "returns__lines__line", "returns__reason", "messages",
)  # fmt: skip


def order_page(number: str, user: Any) -> Order | None:
    """The order with everything its page shows, or None when this person may not see it."""
    rows = Order.objects.visible_to(user).select_related("channel", "assignee", "customer", "sub_stage", "claimed_by")
    known = [path for path in PANELS if _has(path.split("__")[0])]
    return rows.prefetch_related("lines__product", "holds__reason", "amendments", *known).filter(number=number).first()


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
    order = Order.objects.visible_to(user).filter(number=number).first()
    if order is None:
        raise Http404
    return order


@dataclass(frozen=True)
class Line:
    """One event in words."""

    event: Event
    says: str
    detail: str


def timeline(number: str) -> list[Line]:
    """The latest two hundred things that happened to the order, newest first."""
    events = Event.objects.filter(stream=number).order_by("-seq")[:200]
    return [Line(event, said(event), detail(event)) for event in events]


@dataclass(frozen=True)
class Readiness:
    """How far the units of one line have come."""

    line: OrderLine
    words: str
    bad: bool


COUNTED = (
    "backordered",
    "reserved",
    "allocated",
    "picked",
    "packed",
    "dispatched",
    "delivered",
    "returned",
    "cancelled",
)


def readiness(line: OrderLine) -> Readiness:
    """Every count of the line that is not zero, in words."""
    counts = [(name, getattr(line, f"qty_{name}")) for name in COUNTED]
    words = ", ".join(f"{'short' if name == 'backordered' else name} {qty}" for name, qty in counts if qty)
    return Readiness(line, words.capitalize() or "Nothing reserved", line.qty_backordered > 0)


@dataclass(frozen=True)
class Step:
    """One stop of the fulfilment track; `place` is past, now or empty for what is to come."""

    label: str
    at: datetime | None
    place: str


def track(order: Order) -> list[Step]:
    """The way of the goods: what is behind, and the last stop reached."""
    stops = (
        ("Placed", order.placed_at), ("Confirmed", order.confirmed_at), ("Released", order.released_at),
        ("Dispatched", order.dispatched_at), ("Delivered", order.delivered_at),
    )  # fmt: skip
    reached = max(i for i, (_, at) in enumerate(stops) if at)
    return [Step(label, at, "now" if i == reached else "past" if at else "") for i, (label, at) in enumerate(stops)]


def _has(relation: str) -> bool:
    try:
        Order._meta.get_field(relation)
    except FieldDoesNotExist:
        return False
    return True
