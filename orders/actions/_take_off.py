"""Take units off an order's lines: shared by cancelling a part and by amendments."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from inventory.actions.release import release_order_stock
from oms.events.publish import publish
from orders.actions.progress import report_quantities, report_value
from orders.amending.terms import cancelled_part
from orders.locks import lines_of
from orders.models import Order, OrderLine


def take_units_off(order: Order, quantities: Mapping[int, int], *, event: str, actor: Any, reason: str) -> Decimal:
    """Cancel `quantities` {line id: units} of a locked order, checked by the caller; return what the customer owes less.

    `event` is told before the sums change, because the warehouse takes the units out of its work within it.
    """
    before = {line.pk: line for line in lines_of(order)}
    shares = {pk: _share(before[pk], qty) for pk, qty in quantities.items()}
    publish(
        event, subject=order.number, actor=actor, reason=reason, lines={str(pk): qty for pk, qty in quantities.items()},
        hard={str(pk): s[2] for pk, s in shares.items() if s[2]},
    )  # fmt: skip
    order.refresh_from_db()  # fulfilment has taken the hard-held units out of its work by now
    return _take_off(order, quantities, shares, before)


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
    already = cancelled_part(line.total, line.qty_cancelled, line.qty_ordered, currency)
    return cancelled_part(line.total, line.qty_cancelled + qty, line.qty_ordered, currency) - already


def _share(line: OrderLine, qty: int) -> tuple[int, int, int]:
    """Units to take from what is short, softly and hardly held: the least useful units go first."""
    short = min(qty, line.qty_backordered)
    soft = min(qty - short, line.qty_reserved)
    return short, soft, min(qty - short - soft, line.qty_allocated)
