"""Write a rounding rest of an old order down, so that its total is the sum of its parts again."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from oms.kernel.money import exponent, format_money
from orders.actions.progress import refresh
from orders.locks import lines_of, lock_order
from orders.models import Order

NOTE = "Rounding"
COINS = 5  # more than rounding ever leaves; what is off by more needs a person


@transaction.atomic
def mend_total(number: str, *, actor: Any) -> Decimal:
    """Book what the total of `number` has more than its parts as its adjustment; returns it, zero when nothing is off.

    The total stays: it is what the customer was told and paid. Refuses more than five of the smallest coins.
    """
    order = lock_order(number)
    rest = order.total - _parts(order)
    if not rest:
        return rest
    if abs(rest) > COINS * Decimal(1).scaleb(-exponent(order.currency)):
        off = format_money(abs(rest), order.currency)
        raise Refused("not_rounding", f"{number} is off by {off}, which is no rounding. Compare it with its source.")
    order.adjustment_total += rest
    order.adjustment_note = order.adjustment_note or NOTE
    order._change_reason = NOTE  # type: ignore[attr-defined]  # read by simple-history
    order.save(update_fields=["adjustment_total", "adjustment_note", "updated_at"])
    refresh(order)
    publish("orders.total_mended", subject=number, actor=actor, amount=str(rest), currency=order.currency, label=NOTE)
    return rest


def _parts(order: Order) -> Decimal:
    """What the doctor adds up (orders.totals)."""
    goods = sum((line.total for line in lines_of(order)), Decimal(0))
    tax = Decimal(0) if order.tax_included else order.shipping_tax
    return goods + order.shipping_total + order.adjustment_total + tax
