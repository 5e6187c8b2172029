"""Ask the checks of a merged customer's new orders again: from then on debts, prices and twins are joint ones."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from orders.actions.check import check_changed
from orders.checking.buyers import lock_buyers
from orders.checking.rulebook import rulebook
from orders.locks import lock_merge, lock_orders
from orders.models import CustomerMerge, Hold, Order
from orders.states import OrderStatus

PIECE = 25  # orders of one transaction
NAMED = 200  # orders the merge names; further ones are only counted


def check_merged(pk: int, *, actor: Any) -> CustomerMerge:
    """Ask again what merge `pk` may have changed, in pieces, each with what came of it. Twice is once: it goes on where it stopped.

    Orders past "new" are left as they are: whoever confirmed them has decided. Raises Busy while somebody holds one of them.
    """
    while (merge := _piece(pk, actor, PIECE)).checked_at is None:
        pass
    return merge


@transaction.atomic
def _piece(pk: int, actor: Any, most: int) -> CustomerMerge:
    """The merge is locked before the orders, by this alone: whoever comes second waits here and goes on behind the first."""
    merge = lock_merge(pk)
    if merge.checked_at:
        return merge
    waiting = Order.objects.filter(
        customer=merge.kept.stays, status=OrderStatus.NEW, is_historical=False, pk__gt=merge.checked_to
    )
    found = list(waiting.order_by("pk").values_list("pk", "number")[:most])
    if not found:
        merge.checked_at = now()
    else:
        orders = [order for order in lock_orders(number for _, number in found) if order.status == OrderStatus.NEW]
        lock_buyers([order.pk for order in orders], rulebook())
        before = _held(orders)
        for order in orders:
            check_changed(order, actor=actor)
        merge.checks = _more(merge.checks, orders, before, _held(orders))
        merge.checked_to = found[-1][0]
    merge.save(update_fields=["checks", "checked_to", "checked_at"])
    return merge


def _held(orders: Iterable[Order]) -> dict[int, set[str]]:
    """{order id: reasons of the checks that hold it}"""
    rows = Hold.objects.filter(order__in=orders, cleared_at__isnull=True).exclude(rule="")
    held: dict[int, set[str]] = {}
    for pk, label in rows.values_list("order_id", "reason__label"):
        held.setdefault(pk, set()).add(label)
    return held


def _more(
    checks: dict[str, Any], orders: list[Order], before: dict[int, set[str]], after: dict[int, set[str]]
) -> dict[str, Any]:
    """`checks` with what came of these orders."""
    named, held, cleared = list(checks.get("orders", [])), 0, 0
    for order in orders:
        was, is_now = before.get(order.pk, set()), after.get(order.pk, set())
        if on := sorted(is_now - was):
            held += 1
        if off := sorted(was - is_now):
            cleared += 1
        if (on or off) and len(named) < NAMED:
            named.append([order.number, on, off])
    return {
        "asked": checks.get("asked", 0) + len(orders), "held": checks.get("held", 0) + held,
        "cleared": checks.get("cleared", 0) + cleared, "orders": named,
    }  # fmt: skip
