"""The home of each role: queues with counts, the oldest first, one click to the next action."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse

from oms.access.roles import Role
from oms.kernel.clock import now
from orders.models import Order
from orders.querysets import OrderQuerySet
from orders.stagebook import stages

SHOWN = 5

# Queue title, the next actions it gathers, and the list behind it (the orders page's own query).
QUEUES: dict[str, tuple[tuple[str, tuple[str, ...], dict[str, str]], ...]] = {
    Role.SALES: (
        ("To confirm", ("confirm", "place"), {"view": "to-confirm"}),
        ("Ask for payment", ("collect",), {"next_action": "collect"}),
        ("Held for sales", ("clear_hold",), {"next_action": "clear_hold"}),
    ),
    Role.WAREHOUSE: (
        ("Release and pick", ("release", "pick", "allocate"), {"stage": "ready_to_pack"}),
        ("Pack", ("pack",), {"next_action": "pack"}),
        ("Dispatch", ("dispatch",), {"next_action": "dispatch"}),
        ("Stock to receive", ("receive_stock", "receive_rto", "receive_return"), {"next_action": "receive_stock"}),
        ("On the road", ("deliver",), {"stage": "dispatched"}),
    ),
    Role.FINANCE: (
        ("Verify", ("verify",), {"next_action": "verify"}),
        ("Collect", ("collect",), {"next_action": "collect"}),
        ("Refund", ("refund",), {"next_action": "refund"}),
        ("Match COD", ("match_cod",), {"next_action": "match_cod"}),
        ("Held for finance", ("clear_hold",), {"next_action": "clear_hold"}),
    ),
    Role.SUPPORT: (
        ("Clear holds", ("clear_hold",), {"next_action": "clear_hold"}),
        ("Decide returns", ("decide_return",), {"next_action": "decide_return"}),
        ("Returns on the way", ("receive_return",), {"next_action": "receive_return"}),
    ),
}
TEAM_OF = {
    Role.SALES: ("sales",),
    Role.WAREHOUSE: ("warehouse", "purchasing"),
    Role.FINANCE: ("finance",),
    Role.SUPPORT: ("support",),
}


@dataclass(frozen=True)
class Queue:
    """Work of one kind, most urgent first. `count` is exact: open work is small whatever the history."""

    key: str
    title: str
    count: int
    late: int
    oldest: datetime | None
    orders: list[Order]
    url: str


def orders_url(**query: str) -> str:
    """The orders list with a filter."""
    return f"{reverse('orders:list')}?{urlencode(query)}" if query else reverse("orders:list")


def queues(user: Any, role: str) -> list[Queue]:
    """The queues of a role's home, in working order."""
    mine = Order.objects.visible_to(user).filter(owner_team__in=TEAM_OF[Role(role)])
    return [_queue(mine, title, actions, query) for title, actions, query in QUEUES[Role(role)]]


def _queue(mine: OrderQuerySet, title: str, actions: tuple[str, ...], query: dict[str, str]) -> Queue:
    rows = mine.filter(next_action__in=actions)
    sums = rows.aggregate(count=Count("pk"), oldest=Min("stage_since"))
    late = rows.filter(due_at__lt=now()).count()
    first = list(rows.select_related("channel", "assignee").order_by("priority", "due_at", "pk")[:SHOWN])
    book = stages()
    for order in first:
        order.stage_label = book[order.stage].label  # type: ignore[attr-defined]
    key = title.lower().replace(" ", "-")
    return Queue(key, title, sums["count"], late, sums["oldest"], first, orders_url(**query))


def next_job(found: list[Queue]) -> Order | None:
    """The most urgent order over all queues: highest priority, then earliest due."""
    waiting = [order for queue in found for order in queue.orders]
    far = now().replace(year=9999)
    return min(waiting, key=lambda o: (o.priority, o.due_at or far, o.pk), default=None)
