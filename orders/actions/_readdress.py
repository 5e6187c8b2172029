"""Send units of a placed order to another address, and correct an address of it. Only orders/actions/_carry_out.py calls this."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from oms.kernel.errors import Refused
from orders.actions._hand_over import move_units, new_line, share_of
from orders.actions._places import address_row
from orders.locks import lines_of
from orders.models import Amendment, AmendmentChange, Order, OrderAddress, OrderLine


def send_units(order: Order, sent: Sequence[AmendmentChange], amendment: Amendment) -> None:
    """Let the units of each row of `sent` go where it says: the whole line, or a line of their own with what stands behind them."""
    for row in sent:
        line = OrderLine.objects.get(pk=row.line_id or 0)  # afresh: the row before may have taken units of it
        to = address_row(order, row.address) if row.address else None
        if line.ship_to_id == (to.pk if to else None):
            continue
        if row.qty == line.qty_open and not line.qty_dispatched and not line.qty_packed:
            line.ship_to = to
            line.save(update_fields=["ship_to"])
        else:
            _apart(order, line, row.qty or 0, to, amendment)


def correct_places(order: Order, places: Mapping[int, dict[str, Any]]) -> None:
    """Change what further addresses say; refuses one that nothing is left to be sent to."""
    lines = lines_of(order) if places else []
    for row in OrderAddress.objects.filter(order=order, position__in=list(places)):
        if not any(line.qty_open for line in lines if line.ship_to_id == row.pk):
            raise Refused(
                "already_dispatched", f"Nothing is left that goes to {row}; ask the carrier about another one."
            )
        row.address = places[row.position]
        row.save(update_fields=["address"])


def _apart(order: Order, line: OrderLine, qty: int, to: OrderAddress | None, amendment: Amendment) -> None:
    """Units of the line become a line of their own: the same frozen price, their share of discount and tax, their stock."""
    share = share_of(line, qty)
    new = new_line(line, qty, share, order.currency, tax_included=order.tax_included)
    last = OrderLine.objects.filter(order=order).aggregate(last=Max("position"))["last"]
    new.order, new.position, new.ship_to, new.amendment = order, last + 1, to, amendment
    new.save()
    move_units(order, order, {line.pk: qty}, {line.pk: new}, {line.pk: share})
