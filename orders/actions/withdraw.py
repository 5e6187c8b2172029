"""Take back orders that came in by mistake, as if their import had not happened. Nothing may have happened to them since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from inventory.actions.release import release_orders_stock
from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require
from orders.actions._move import move_order
from orders.actions.progress import report_quantities
from orders.locks import lines_of, lock_order
from orders.models import Order
from orders.states import OrderStatus
from orders.words import SAID

# Facts the house notes by itself, on which nobody has built anything.
SILENT = ("orders.reservation_expired", "orders.allocated")


@transaction.atomic
def withdraw_orders(since: Mapping[str, int], *, why: str, actor: Any) -> None:
    """Cancel orders, free their stock and source numbers, and let payments take back what the source had reported.

    `since` has for each order number the last event that belongs to its coming in; an order that moved after it refuses
    all. The source may send them again: they will be new orders. Customers are told nothing, no refund is asked for.
    """
    numbers = Order.objects.filter(number__in=list(since)).order_by("pk").values_list("number", flat=True)
    orders = [lock_order(number) for number in numbers]
    later = later_events(since)
    for order in orders:
        if moved := moved_since(order, later.get(order.number, [])):
            raise Refused("order_moved", f"{order.number}: {moved[0].message}")
        require(order, "cancel")
    for order in orders:
        _withdraw(order, why, actor)
    release_orders_stock(list(since))


def _withdraw(order: Order, why: str, actor: Any) -> None:
    deltas = {
        line.pk: {"cancelled": line.qty_open, "reserved": -line.qty_reserved, "backordered": -line.qty_backordered}
        for line in lines_of(order)
    }
    report_quantities(order, deltas)
    source_number = order.external_id
    order.cancelled_at, order.end_reason, order.cancelled_total = now(), why[:300], order.total
    # The order's own number makes it unique whatever the source sends next.
    order.external_id, order.source_hash = f"{source_number[:80]} withdrawn as {order.number}", ""
    move_order(
        order, "cancel", event="orders.withdrawn", actor=actor, reason=order.end_reason, external_id=source_number,
        saved=("cancelled_at", "end_reason", "cancelled_total", "external_id", "source_hash"),
    )  # fmt: skip


def later_events(since: Mapping[str, int]) -> dict[str, list[Event]]:
    """Per order, what was said about it after its coming in, oldest first."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(stream__in=list(since)).exclude(name__in=SILENT).order_by("stream", "seq"):
        if event.seq > since[event.stream]:
            found[event.stream].append(event)
    return found


def moved_since(order: Order, events: Sequence[Event]) -> list[Refusal]:
    """Why the order can no longer be taken back, in sentences; empty when nothing happened to it. No queries."""
    if order.status == OrderStatus.CANCELLED and order.end_reason and any(e.name == "orders.withdrawn" for e in events):
        return [Refusal("withdrawn", "It is withdrawn already.")]
    if order.is_historical:
        return [
            Refusal(
                "historical",
                "It came in as history: it was finished or under way at the source. It holds no stock, asks nobody for"
                " anything, and reports count it in its own days.",
            )
        ]
    found = [Refusal("moved", f"{e.actor_name} {SAID.get(e.name, 'worked on it')}.") for e in events[:3]]
    if not found and order.status != OrderStatus.NEW:
        found.append(Refusal("wrong_state", f"It is {order.get_status_display().lower()}."))  # type: ignore[attr-defined]
    return found
