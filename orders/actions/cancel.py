"""Cancel an order that has not left the building, or the part of it that has not been packed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from inventory.actions.release import release_order_stock
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from orders.actions._move import move_order
from orders.actions._take_off import take_units_off
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities
from orders.locks import lines_of, lock_order
from orders.models import CancelReason, Order, OrderLine


@transaction.atomic
def cancel_order(number: str, *, reason: str, actor: Any, note: str = "") -> Order:
    """Cancel `number`, free its stock, and tell whoever holds money or parcels. `reason` is a CancelReason key.

    Refuses if anything was dispatched: goods on a lorry come back as a return.
    """
    order = lock_order(number)
    why = _active_reason(reason)
    require(order, "cancel")
    order.cancelled_at, order.end_reason = now(), (f"{why.label}: {note}" if note else why.label)[:300]
    order.cancelled_total = order.total
    move_order(
        order, "cancel", event="orders.cancelled", actor=actor, reason=order.end_reason, reason_key=why.key,
        saved=("cancelled_at", "end_reason", "cancelled_total"),
    )  # fmt: skip
    deltas = {
        line.pk: {
            "cancelled": line.qty_open, "reserved": -line.qty_reserved, "allocated": -line.qty_allocated,
            "backordered": -line.qty_backordered, "picked": -line.qty_picked, "packed": -line.qty_packed,
        }
        for line in lines_of(order)
    }  # fmt: skip
    report_quantities(order, deltas)
    release_order_stock(number)
    return order


@transaction.atomic
def cancel_remainder(number: str, *, quantities: Mapping[int, int], reason: str, actor: Any) -> Order:
    """Cancel `quantities` {line id: units} that are not packed yet, free their stock and lower what the customer owes.

    Refuses more than is cancellable. Picks under way are recalled by the fulfilment app in the same transaction.
    """
    order = lock_order(number)
    why = _active_reason(reason)
    asked = {line.pk: line for line in lines_of(order) if quantities.get(line.pk)}
    if not asked:
        raise Refused("nothing_asked", "Enter how many units of which line to cancel.")
    if not order.is_open:
        raise Refused("not_open", f"{number} is {order.get_status_display().lower()}; nothing of it can be cancelled.")
    cancelled = {pk: _checked(line, quantities[pk]) for pk, line in asked.items()}
    if not order.qty_dispatched and sum(cancelled.values()) == order.qty_ordered - order.qty_cancelled:
        raise Refused("cancels_everything", f"That is everything on {number}; cancel the whole order instead.")
    value = take_units_off(order, cancelled, event="orders.remainder_cancelled", actor=actor, reason=why.label)
    # A second fact: the first one is told before the sums change, because the warehouse takes the units out of its work.
    publish("orders.amount_lowered", subject=number, actor="system", amount=str(value), currency=order.currency)
    order.refresh_from_db()  # payments may have lowered the cash to collect
    complete_if_settled(order, actor="system")
    return order


def _checked(line: OrderLine, qty: int) -> int:
    if qty < 0 or qty > line.qty_cancellable:
        raise Refused(
            "too_many", f"{line.sku}: {line.qty_cancellable} of {line.qty_ordered} can still be cancelled, not {qty}."
        )
    return qty


def _active_reason(key: str) -> CancelReason:
    reason = CancelReason.objects.filter(key=key, is_active=True).first()
    if reason is None:
        raise Refused("cancel_reason_unknown", "Choose a reason for the cancellation from the list.")
    return reason
