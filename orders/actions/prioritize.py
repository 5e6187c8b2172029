"""Say how urgent an order is. What a person chose stays: rules are asked only when an order comes in."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.actions.progress import refresh
from orders.locks import lock_order
from orders.models import Order, Priority
from orders.states import OPEN_STATUSES


@transaction.atomic
def prioritize_order(number: str, *, priority: str | int, actor: Any, seen: str | None = None) -> Order:
    """Give an open order one of the priorities (a number of Priority). Queues take the most urgent first.

    `seen` is the one that the person looked at; without it nothing is compared. Refuses what is no priority, an order that
    is not open, the priority it has already, and a choice made on a page that somebody else's choice has overtaken.
    """
    chosen = next((p for p in Priority if str(p.value) == str(priority)), None)
    if chosen is None:
        raise Refused("priority_unknown", "Choose a priority from the list.")
    order = lock_order(number)
    if order.status not in OPEN_STATUSES:
        raise Refused(
            "not_open", f"{number} is {order.get_status_display().lower()}; only open orders are more or less urgent."
        )
    before, why = Priority(order.priority), order.priority_why
    if before == chosen:
        raise Refused("same_priority", f"{number} is {chosen.label.lower()} already.")
    if seen is not None and seen != str(before.value):
        raise Refused(
            "order_moved",
            f"{number} is {before.label.lower()} since somebody else changed it. Look again, and choose anew if need be.",
        )
    set_chosen(order, chosen)
    publish(
        "orders.prioritized", subject=number, actor=actor, label=f"{chosen.label}, before {before.label.lower()}",
        before=before.value, before_why=why,
    )  # fmt: skip
    return order


def set_chosen(order: Order, priority: int, why: str = "") -> None:
    """Store the priority of a locked order; no rule is named as its reason any more, unless given. Raises the version."""
    order.priority, order.priority_why = priority, why
    order.save(update_fields=["priority", "priority_why"])
    refresh(order)  # whoever prepares a change of the order sees on applying it that it is more urgent now
