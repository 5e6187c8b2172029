"""The queues of each role's home: a title, and the filter of the orders list that is this queue."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import QueryDict

from oms.access.roles import Role
from orders.filters import OrderFilter
from orders.models import Order
from orders.querysets import OrderQuerySet

Query = dict[str, str | list[str]]

# Asked for by statements that are kept (oms/kernel/compiled.py): a filter used here reads no clock but `Present()`.
QUEUES: dict[str, tuple[tuple[str, Query], ...]] = {
    Role.SALES: (
        ("To confirm", {"next_action": ["confirm", "place"]}),
        ("Ask for the PO", {"next_action": "customer_po"}),
        ("Ask for payment", {"next_action": "collect", "owner_team": "sales"}),
        ("Held for sales", {"next_action": ["clear_hold", "answer_no"], "owner_team": "sales"}),
        ("Share out", {"next_action": "share_stock"}),
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
        ("At a supplier", {"next_action": ["order_supplier", "supplier_stop", "await_supplier"]}),
        ("Stock to receive", {"next_action": "receive_stock"}),
        ("Held for the floor", {"next_action": "clear_hold", "owner_team": "warehouse"}),
    ),
    Role.FINANCE: (
        ("Verify", {"next_action": "verify"}),
        ("Collect", {"next_action": "collect", "owner_team": "finance"}),
        ("Refund", {"next_action": "refund"}),
        ("Match COD", {"next_action": ["match_cod", "void_cod"]}),
        ("Held for finance", {"next_action": "clear_hold", "owner_team": "finance"}),
    ),
    Role.SUPPORT: (
        ("Answer the customer", {"asks": "on"}),
        ("Failed deliveries", {"next_action": "answer_attempt"}),
        ("Lost parcels", {"lost": "on"}),
        ("Clear holds", {"next_action": ["clear_hold", "answer_no"], "owner_team": "support"}),
        ("Decide returns", {"next_action": "decide_return"}),
        ("Returns on the way", {"next_action": "receive_return"}),
        ("Parcels coming back", {"next_action": "receive_rto"}),
        ("Stopped by a supplier", {"next_action": "cancel_stopped"}),
    ),
}


def queue_key(title: str) -> str:
    return title.lower().replace(" ", "-")


def queue_of(role: str, key: str) -> Query | None:
    """The filter of the queue `key` of a role's home; None when there is no such queue."""
    return next((query for title, query in QUEUES.get(role, ()) if queue_key(title) == key), None)


def filtered(user: Any, query: Query) -> OrderQuerySet:
    """The rows the orders list shows for `query` in its view of all orders."""
    return OrderFilter(QueryDict(urlencode(query, doseq=True)), queryset=Order.objects.visible_to(user)).qs


def next_first(rows: OrderQuerySet, user: Any) -> OrderQuerySet:
    """What `user` may be given of `rows`, the most urgent first: their own and the teams' work, not other people's."""
    theirs = Q(assignee=user) | Q(assignee__isnull=True)
    return rows.filter(theirs).order_by("priority", F("due_at").asc(nulls_last=True), "pk")
