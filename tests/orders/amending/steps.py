"""Amendments through the real actions."""

from decimal import Decimal
from typing import Any

from orders.actions.amend import draft_amendment
from orders.actions.amend_apply import apply_amendment
from orders.amending.change import Change
from orders.models import Amendment, Order
from tests.stories import again


def qty(order: Order, units: int, *, sku: str = "MUG") -> Change:
    return Change("quantity", line_id=order.lines.get(sku=sku).pk, qty=units)


def add(sku: str, units: int, price: str | None = None, discount: str = "0") -> Change:
    return Change(
        "add", sku=sku, qty=units, amount=None if price is None else Decimal(price), discount=Decimal(discount)
    )


def drafted(order: Order, *changes: Change, actor: Any, message: str = "") -> Amendment:
    return draft_amendment(order.number, changes, reason="Customer called", actor=actor, message=message)


def amended(order: Order, *changes: Change, actor: Any, message: str = "") -> Order:
    """Draft and apply at once; the order as it stands then."""
    document = drafted(order, *changes, actor=actor, message=message)
    apply_amendment(document.number, seen=again(order).version, actor=actor)
    return again(order)
