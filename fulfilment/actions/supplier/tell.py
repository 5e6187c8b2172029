"""Ask the supplier to send it: from now on the goods may be on their way."""

from typing import Any

from django.db import transaction

from fulfilment.actions.supplier._work import asked, lock_with_supplier, order_it, set_due, tell_order
from fulfilment.models import FulfilmentOrder
from inventory.actions.purchases.drop_ship import send_for_customer
from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.rules import no_blocking_hold, payment_gate_met
from orders.states import OrderStatus


@transaction.atomic
def send_to_supplier(number: str, *, actor: Any) -> FulfilmentOrder:
    """Send the purchase order of work `number`; the supplier gets it by e-mail where they have an address.

    Refuses what would keep our own warehouse from starting: a hold, an unmet payment gate, an order not released.
    """
    order, fo = lock_with_supplier(number, told=False)
    if fo.purchase is None:
        raise Refused("nothing_ordered", f"{fo.location.name} stopped the last order. Order it again, or cancel it.")
    if fo.is_told:
        raise Refused("told_already", f"{fo.location.name} has {fo.purchase.number} already.")
    if closed := [r for rule in (no_blocking_hold, payment_gate_met) if (r := rule(order))]:
        raise Refused.because(closed)
    if order.status != OrderStatus.PROCESSING:
        raise Refused("not_released", f"{order.number} is not released yet. Release it first.")
    fo.purchase = send_for_customer(fo.purchase.number, actor=actor)
    publish(
        "fulfilment.supplier_told", subject=number, actor=actor, stream=order.number, purchase=fo.purchase.number, lines=asked(fo),
        label=f"{fo.location.name}, {fo.purchase.number}",
    )  # fmt: skip
    set_due(fo)
    tell_order(order)
    return fo


@transaction.atomic
def order_again(number: str, *, actor: Any) -> FulfilmentOrder:
    """Draft a new purchase order for work whose last one the supplier stopped."""
    order, fo = lock_with_supplier(number, told=False)
    if fo.purchase is not None:
        raise Refused("ordered_already", f"{fo.purchase.number} is there already.")
    order_it(fo, actor=actor)
    tell_order(order)
    return fo
