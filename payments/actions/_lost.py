"""Goods that never arrived: the customer owes nothing for them and gets back what they paid, until they turn up."""

from decimal import Decimal
from typing import Any

from oms.events.publish import publish
from oms.kernel.money import quantize
from orders.actions.progress import report_value
from orders.locks import lines_of
from orders.models import Order


def write_off_lost(order: Order, *, actor: Any) -> None:
    """Write off what the lost units of a locked order were worth, when nothing of it was delivered and nothing can be."""
    ended = order.qty_delivered + order.qty_rto + order.qty_written_off
    if order.qty_delivered or not order.qty_written_off or ended < order.qty_ordered - order.qty_cancelled:
        return
    worth = order.amount_due  # shipping too: nothing came of it
    if order.qty_rto:  # what came back is settled by its return
        parts = (
            quantize(x.total * x.qty_written_off / x.qty_ordered, order.currency)
            for x in lines_of(order)
            if x.qty_ordered
        )
        worth = min(sum(parts, Decimal(0)), worth)
    report_written_off(order, worth, "payments.written_off", actor)


def take_write_off_back(order: Order, *, keep: Decimal, actor: Any) -> None:
    """The lost goods were found: what was written off is owed again, all but `keep` of it for goods that are still lost."""
    report_written_off(order, min(keep - order.written_off_total, Decimal(0)), "payments.write_off_taken_back", actor)


def report_written_off(order: Order, amount: Decimal, event: str, actor: Any, **payload: str) -> None:
    if amount:
        report_value(order, written_off=amount)
        publish(event, subject=order.number, actor=actor, amount=str(abs(amount)), currency=order.currency, **payload)
