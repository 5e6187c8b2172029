"""Complete, close and reopen: the end of an order's life, and the way back."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import refusals
from orders.actions._move import move_order
from orders.locks import lock_order
from orders.models import Order
from orders.states import OrderStatus


def complete_if_settled(order: Order, *, actor: Any) -> bool:
    """Complete a locked order whose every unit is delivered, returned to origin, written off or cancelled."""
    if order.status != OrderStatus.PROCESSING or refusals(order, "complete"):
        return False
    order.completed_at = now()
    move_order(order, "complete", event="orders.completed", actor=actor, saved=("completed_at",))
    return True


def take_up_again(order: Order, *, reason: str, actor: Any) -> bool:
    """Take a locked order that was completed back to work, because not everything has come to its end after all."""
    if order.status != OrderStatus.COMPLETED:
        return False
    move_order(order, "reopen_work", event="orders.reopened", actor=actor, reason=reason)
    return True


@transaction.atomic
def close_order(number: str, *, actor: Any) -> Order:
    """Lock the books on `number`. Refuses with everything that is still open: balance, COD, returns, return window."""
    order = lock_order(number)
    order.closed_at = now()
    move_order(order, "close", event="orders.closed", actor=actor, saved=("closed_at",))
    return order


@transaction.atomic
def reopen_order(number: str, *, reason: str, actor: Any) -> Order:
    """Take one step back: closed to completed, completed to processing. Needs a reason."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is reopened; the books remember it.")
    order = lock_order(number)
    move = "reopen_work" if order.status == OrderStatus.COMPLETED else "reopen"
    move_order(order, move, event="orders.reopened", actor=actor, reason=reason)
    return order
