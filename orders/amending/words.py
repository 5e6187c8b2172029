"""A change in a sentence: for the preview, the timeline and the message to the customer."""

from collections.abc import Sequence

from oms.kernel.clock import business_zone
from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders.edits import words as address_words
from orders.models import AmendmentChange, ChangeKind, Order


def said(order: Order, row: AmendmentChange) -> str:
    """What `row` asks of the order as it stands now."""
    if row.kind == ChangeKind.ADD:
        return f"{row.qty} × {row.product.name if row.product else '?'} added at {_money(order, row, unit=True)} each"
    if row.line is not None:
        return _of_line(order, row)
    if row.kind == ChangeKind.SHIPPING:
        return f"Shipping {format_money(order.shipping_total, order.currency)} → {_money(order, row)}"
    if row.kind == ChangeKind.DATE and row.moment:
        return f"Promised for {row.moment.astimezone(business_zone()):%d %b %Y}"
    which = f"Address {row.place}: delivered" if row.place else "Delivered"
    return f"{which} to {address_words(row.address)}"


def _of_line(order: Order, row: AmendmentChange) -> str:
    line = row.line
    assert line is not None
    live = line.qty_ordered - line.qty_cancelled
    if row.kind == ChangeKind.REMOVE:
        return f"{live} × {line.name} removed"
    if row.kind == ChangeKind.SHIP_TO:
        return f"{row.qty} × {line.name} to {address_words(row.address or order.ship_to)}"
    if row.kind == ChangeKind.QUANTITY:
        return f"{line.name}: {live} → {plural(row.qty, 'unit')}"
    if row.kind == ChangeKind.PRICE:
        return f"{line.name}: price {format_money(line.unit_price, order.currency, unit_price=True)} → {_money(order, row, unit=True)}"
    return f"{line.name}: discount {format_money(line.discount, order.currency)} → {_money(order, row)}"


def _money(order: Order, row: AmendmentChange, *, unit: bool = False) -> str:
    return format_money(row.amount or 0, order.currency, unit_price=unit)  # type: ignore[arg-type]


def draft_message(order: Order, sentences: Sequence[str]) -> str:
    """What a person may send the customer: the changes as they are, to be made kinder by hand."""
    listed = "\n".join(f"- {sentence}" for sentence in sentences)
    return f"We have changed your order {order.number} as agreed:\n\n{listed}"
