"""The home of each role: queues with counts, the oldest first, one click to the next action."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.http import QueryDict
from django.urls import reverse

from oms.access.roles import Role
from oms.kernel.clock import now
from orders.filters import OrderFilter
from orders.models import Order
from orders.querysets import OrderQuerySet
from orders.stagebook import stages
from reports.steps import add_steps

SHOWN = 5
Query = dict[str, str | list[str]]

# Queue title and the filter of the orders list that is this queue: the number and the list are the same rows.
QUEUES: dict[str, tuple[tuple[str, Query], ...]] = {
    Role.SALES: (
        ("To confirm", {"next_action": ["confirm", "place"]}),
        ("Ask for the PO", {"next_action": "customer_po"}),
        ("Ask for payment", {"next_action": "collect", "owner_team": "sales"}),
        ("Held for sales", {"next_action": "clear_hold", "owner_team": "sales"}),
        ("Late", {"late": "on"}),
        ("Blocked by stock", {"blocker": "stock"}),
    ),
    Role.WAREHOUSE: (
        ("Release", {"next_action": ["release", "allocate"]}),
        ("Pick", {"next_action": "pick"}),
        ("Pack", {"next_action": "pack"}),
        ("Dispatch", {"next_action": "dispatch"}),
        ("On the road", {"next_action": "deliver"}),
        ("Coming back", {"next_action": ["receive_return", "receive_rto"]}),
        ("Stock to receive", {"next_action": "receive_stock"}),
        ("Held for the floor", {"next_action": "clear_hold", "owner_team": "warehouse"}),
    ),
    Role.FINANCE: (
        ("Verify", {"next_action": "verify"}),
        ("Collect", {"next_action": "collect", "owner_team": "finance"}),
        ("Refund", {"next_action": "refund"}),
        ("Match COD", {"next_action": "match_cod"}),
        ("Held for finance", {"next_action": "clear_hold", "owner_team": "finance"}),
    ),
    Role.SUPPORT: (
        ("Clear holds", {"next_action": "clear_hold", "owner_team": "support"}),
        ("Decide returns", {"next_action": "decide_return"}),
        ("Returns on the way", {"next_action": "receive_return"}),
        ("Parcels coming back", {"next_action": "receive_rto"}),
    ),
}


@dataclass(frozen=True)
class Queue:
    """Work of one kind, longest waiting first. `count` is exact: open work is small whatever the history."""

    key: str
    title: str
    count: int
    late: int
    oldest: datetime | None
    orders: list[Order]
    url: str


def orders_url(**query: str | list[str]) -> str:
    """The orders list with a filter."""
    return f"{reverse('orders:list')}?{urlencode(query, doseq=True)}" if query else reverse("orders:list")


def filtered(user: Any, query: Query) -> OrderQuerySet:
    """The rows the orders list shows for `query` in its view of all orders."""
    return OrderFilter(QueryDict(urlencode(query, doseq=True)), queryset=Order.objects.visible_to(user)).qs


def queues(user: Any, role: str) -> list[Queue]:
    """The queues of a role's home, in working order."""
    found = [_queue(user, title, query) for title, query in QUEUES[Role(role)]]
    add_steps([order for queue in found for order in queue.orders], user)
    return found


def _queue(user: Any, title: str, query: Query) -> Queue:
    rows = filtered(user, query)
    late = Count("pk", filter=Q(due_at__lt=now()))
    sums = rows.aggregate(count=Count("pk"), oldest=Min("stage_since"), late=late)
    first = list(rows.select_related("channel", "assignee").order_by("stage_since", "pk")[:SHOWN])
    book = stages()
    for order in first:
        order.stage_label = book[order.stage].label  # type: ignore[attr-defined]
    key = title.lower().replace(" ", "-")
    url = orders_url(view="all", sort="waiting", **query)
    return Queue(key, title, sums["count"], sums["late"], sums["oldest"], first, url)


def next_job(found: list[Queue]) -> Order | None:
    """The most urgent order over all queues: highest priority, then earliest due."""
    waiting = [order for queue in found for order in queue.orders]
    far = now().replace(year=9999)
    return min(waiting, key=lambda o: (o.priority, o.due_at or far, o.pk), default=None)
