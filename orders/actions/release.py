"""Release a confirmed order to the pick queue."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from orders.actions._move import move_order, on_its_own
from orders.locks import lock_order
from orders.models import Order


@transaction.atomic
def release_order(number: str, *, actor: Any, by_itself: str = "") -> Order:
    """Let the warehouse start on `number`. Refuses while on hold, below the payment gate, or without any stock.

    `by_itself`: what spoke for it, when a rule and no person releases.
    """
    order = lock_order(number)
    order.released_at = now()
    said = on_its_own(by_itself) if by_itself else {}
    move_order(order, "release", event="orders.released", actor=actor, saved=("released_at",), **said)
    return order
