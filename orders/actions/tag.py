"""Put tags on an order and take them off. Two people who tag it at once both find theirs there."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.models import Order
from orders.tags import MOST, changed, tag_terms


@transaction.atomic
def tag_order(number: str, *, add: Iterable[str] = (), remove: Iterable[str] = (), actor: Any) -> Order:
    """Add and remove tags of `number`, whatever its state: finished orders are looked through, too.

    Refuses what is no tag, more than MOST of them, and what changes nothing.
    """
    order = lock_order(number)
    before, after = list(order.tags), changed(order.tags, add, remove)
    if after == before:
        has = f"has {', '.join(before)}" if before else "has no tag"
        raise Refused("same_tags", f"Nothing to change: {number} {has}.")
    if len(after) > max(MOST, len(before)):
        raise Refused("too_many_tags", f"An order holds {MOST} tags. Take one off first.")
    set_tags(order, after)
    publish("orders.tagged", subject=number, actor=actor, label=_said(before, after), before=before)
    return order


def set_tags(order: Order, tags: Sequence[str]) -> None:
    """Store the tags of a locked order, and what it is found by with them."""
    stale = set(tag_terms(order.tags))
    order.tags = list(tags)
    order.search_terms = sorted({*(t for t in order.search_terms if t not in stale), *tag_terms(tags)})
    order.save(update_fields=["tags", "search_terms"])


def _said(before: Sequence[str], after: Sequence[str]) -> str:
    """Added vip; took off gift."""
    new, gone = [t for t in after if t not in before], [t for t in before if t not in after]
    parts = [f"added {', '.join(new)}"] if new else []
    parts += [f"took off {', '.join(gone)}"] if gone else []
    said = "; ".join(parts)
    return said[:1].upper() + said[1:]
