"""Release a confirmed order to the pick queue."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from orders.actions._move import move_order
from orders.locks import lock_order
from orders.models import Order


@transaction.atomic
def release_order(number: str, *, actor: Any) -> Order:
    """Let the warehouse start on `number`. Refuses while on hold, below the payment gate, or without any stock."""
    order = lock_order(number)
    order.released_at = now()
    move_order(order, "release", event="orders.released", actor=actor, saved=("released_at",))
    return order
