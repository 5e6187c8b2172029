"""Splits through the real action."""

from typing import Any

from orders.actions.split import split_order
from orders.models import Order
from tests.stories import again


def part_off(
    order: Order, *asked: tuple[str, int], actor: Any, reason: str = "Send what is there"
) -> tuple[Order, Order]:
    """Split `(sku, units)` off and return both orders as they stand."""
    quantities = {order.lines.get(sku=sku).pk: qty for sku, qty in asked}
    order, new = split_order(order.number, quantities=quantities, reason=reason, actor=actor)
    return again(order), again(new)
