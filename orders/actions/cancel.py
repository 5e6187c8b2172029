"""Cancel an order that has not left the building, or the part of it that has not been packed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from inventory.actions.release import release_order_stock
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.money import quantize
from orders.actions._move import move_order
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities, report_value
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
    shares = {pk: _share(asked[pk], qty) for pk, qty in cancelled.items()}
    publish(
        "orders.remainder_cancelled", subject=number, actor=actor, reason=why.label,
        lines={str(pk): qty for pk, qty in cancelled.items()}, hard={str(pk): s[2] for pk, s in shares.items() if s[2]},
    )  # fmt: skip
    order.refresh_from_db()  # fulfilment has taken the hard-held units out of its work by now
    value = _take_off(order, cancelled, shares, asked)
    # A second fact: the first one is told before the sums change, because the warehouse takes the units out of its work.
    publish("orders.amount_lowered", subject=number, actor="system", amount=str(value), currency=order.currency)
    order.refresh_from_db()  # payments may have lowered the cash to collect
    complete_if_settled(order, actor="system")
    return order


def _take_off(
    order: Order,
    cancelled: Mapping[int, int],
    shares: Mapping[int, tuple[int, int, int]],
    before: Mapping[int, OrderLine],
) -> Decimal:
    """Take the units off the lines and free their stock; returns what the customer owes less."""
    deltas, value, still_held = {}, Decimal(0), {}
    for line in lines_of(order):
        if qty := cancelled.get(line.pk, 0):
            short, soft, hard = shares[line.pk]
            # Hard-held units without a fulfilment order yet are nobody's work: given back here.
            hard -= before[line.pk].qty_allocated - line.qty_allocated
            deltas[line.pk] = {"cancelled": qty, "backordered": -short, "reserved": -soft, "allocated": -hard}
            still_held[line.pk] = short + soft + hard
            value += cancelled_value(line, qty, order.currency)
    report_quantities(order, deltas)
    report_value(order, cancelled=value)
    release_order_stock(order.number, still_held)
    return value


def cancelled_value(line: OrderLine, qty: int, currency: str) -> Decimal:
    """What the customer no longer owes for `qty` more units of `line`; the parts of a whole line sum to its total exactly."""
    before = quantize(line.total * line.qty_cancelled / line.qty_ordered, currency)
    return quantize(line.total * (line.qty_cancelled + qty) / line.qty_ordered, currency) - before


def _share(line: OrderLine, qty: int) -> tuple[int, int, int]:
    """Units to take from what is short, softly and hardly held: the least useful units go first."""
    short = min(qty, line.qty_backordered)
    soft = min(qty - short, line.qty_reserved)
    return short, soft, min(qty - short - soft, line.qty_allocated)


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
