"""The only writer of an order's further addresses after placement. The caller holds the order's lock."""

from collections.abc import Iterable, Mapping
from typing import Any

from orders.actions.progress import add_search_terms
from orders.finding import search_terms
from orders.models import Order, OrderAddress, OrderLine


def address_row(order: Order, address: dict[str, Any]) -> OrderAddress | None:
    """The order's further address that says `address`, made when there is none; None when it is the order's own."""
    if address == order.ship_to:
        return None
    rows = list(OrderAddress.objects.filter(order=order)) if order.address_count > 1 else []
    if known := next((row for row in rows if row.address == address), None):
        return known
    row = OrderAddress.objects.create(
        order=order, position=max((r.position for r in rows), default=1) + 1, address=address
    )
    order.address_count = len(rows) + 2
    Order.objects.filter(pk=order.pk).update(address_count=order.address_count)
    words = [str(address.get("postal_code", ""))]
    add_search_terms(order, search_terms(*words, phones=(str(address.get("phone", "")),)))
    return row


def where_of(order: Order, lines: Iterable[OrderLine]) -> dict[int, dict[str, Any]]:
    """The address that each line goes to, by line id."""
    rows = OrderAddress.objects.filter(order=order) if order.address_count > 1 else ()
    further = {row.pk: row.address for row in rows}
    return {line.pk: further[line.ship_to_id] if line.ship_to_id else order.ship_to for line in lines}


def own_address(order: Order, where: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """The address that stands on an order made of lines of `order`: the same one if something goes there, else the first."""
    places = list(where.values())
    return order.ship_to if order.ship_to in places or not places else places[0]
