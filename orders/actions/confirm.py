"""Confirm an order: its promises become hard, and the warehouse gets its work."""

from typing import Any

from django.db import transaction

from inventory.actions.reserve import reserve_orders
from inventory.ledger import promote
from inventory.locks import lock_for_hardening
from inventory.models import Occasion
from inventory.routing.plan import Demand
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.plural import plural
from orders.actions._move import move_order, on_its_own
from orders.actions.progress import report_quantities
from orders.locks import lines_of, lock_order
from orders.models import ConfirmationBasis, Order
from orders.rules import confirmed_by
from orders.sending import demands_of


@transaction.atomic
def confirm_order(number: str, *, actor: Any, by_itself: str = "") -> Order:
    """Accept `number`: soft promises become hard, lapsed ones are taken again, the rest is back-ordered.

    `by_itself`: what spoke for it, when a rule and no person confirms. Refuses while on hold or before its confirmation
    basis (payment, customer PO) is met.
    """
    order = lock_order(number)
    order.confirmed_at = now()
    said = {"basis": order.confirmation_basis, "detail": confirmed_by(order)}
    if by_itself:
        by_hand = order.confirmation_basis == ConfirmationBasis.MANUAL
        said |= on_its_own(by_itself, "" if by_hand else said["detail"])
    move_order(order, "confirm", event="orders.confirmed", actor=actor, saved=("confirmed_at",), **said)
    order.refresh_from_db()  # payments has noted by now what the courier must collect
    harden_stock(order)
    short = order.qty_backordered
    label = f"{order.qty_allocated} of {plural(order.qty_allocated + short, 'unit')}" if short else ""
    publish("orders.allocated", subject=number, actor="system", label=label)
    return order


def harden_stock(order: Order) -> None:
    """Turn every soft promise of a locked order hard and claim what is not covered; the rest stays queued."""
    lapsed = tuple(
        Demand(line.pk, line.product_id, qty)
        for line in lines_of(order)
        if line.product_id and (qty := line.qty_uncovered - line.qty_backordered) > 0
    )
    wanted = demands_of(order, lapsed)
    if lapsed:
        lock_for_hardening(wanted)
    hardened = promote(order.number)
    deltas = {pk: {"reserved": -qty, "allocated": qty} for pk, qty in hardened.items()}
    if lapsed:
        got = reserve_orders(wanted, kind="hard", occasion=Occasion.CONFIRMED)[order.number]
        for pk, qty in got.held.items():
            entry = deltas.setdefault(pk, {})
            entry["allocated"] = entry.get("allocated", 0) + qty
        for pk, qty in got.short.items():
            deltas.setdefault(pk, {})["backordered"] = qty
    report_quantities(order, deltas)
