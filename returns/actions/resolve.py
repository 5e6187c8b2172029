"""Settle an inspected return: what the customer gets for each line, from the values frozen at placement."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.money import allocate, format_money, quantize
from oms.kernel.plural import plural
from orders.actions.finish import complete_if_settled
from orders.actions.progress import report_quantities, report_value
from orders.models import Order
from returns.actions._move import move_return
from returns.actions._refund import ask_refund
from returns.locks import lock_return
from returns.models import Outcome, Return, ReturnLine, ReturnType
from returns.values import Settled, frozen_value, settled_besides

ZERO = Decimal(0)


@dataclass(frozen=True)
class Settlement:
    """What becomes of one return line: `accepted` units get `outcome`, the rest is refused."""

    outcome: str
    accepted: int


@transaction.atomic
def resolve_return(
    number: str,
    *,
    settlements: Mapping[int, Settlement],
    actor: Any,
    deduction: Decimal = ZERO,
    shipping: Decimal = ZERO,
    note: str = "",
) -> Return:
    """Settle every line {return line id: Settlement}; `deduction` is taken off, `shipping` given back on top.

    Refunds are the line's frozen value: its own share of every discount, the last unit taking the rounding rest. Money
    that the customer has really paid is asked back from payments; what was never paid only lowers what is owed.
    """
    order, rma = lock_return(number)
    require(rma, "resolve")
    settled = settled_besides(rma)
    for entry in rma.lines.all():
        _settle(rma, entry, settlements.get(entry.pk), order.currency, settled[entry.line_id])
    _total(rma, order, quantize(deduction, order.currency), quantize(shipping, order.currency))
    rma.resolved_at, rma.settle_note = now(), note.strip()[:500]
    move_return(
        rma, "resolve", event="returns.resolved", actor=actor, note=rma.settle_note, amount=str(rma.refund_total),
        currency=order.currency, lines=[{"sku": e.line.sku, "outcome": e.outcome, "accepted": e.qty_accepted} for e in rma.lines.all()],
        saved=("resolved_at", "settle_note", "value_total", "deduction", "shipping_refund", "refund_total"),
    )  # fmt: skip
    _tell_order(rma, order)
    ask_refund(rma, order, actor=actor)
    complete_if_settled(order, actor="system")
    return rma


def _settle(rma: Return, entry: ReturnLine, given: Settlement | None, currency: str, settled: Settled) -> None:
    here = entry.qty_received if rma.received_at else entry.qty
    if given is None or given.outcome not in Outcome.values:
        raise Refused("outcome_missing", f"{entry.line.sku}: choose how this line is settled.")
    accepted = 0 if given.outcome == Outcome.REJECT else given.accepted
    if accepted < 0 or accepted > here:
        raise Refused("too_many", f"{entry.line.sku}: {plural(here, 'unit')} can be accepted, not {given.accepted}.")
    entry.outcome = given.outcome if accepted else Outcome.REJECT
    entry.qty_accepted = accepted
    entry.value = frozen_value(entry.line, accepted, currency, settled=settled)
    entry.refund_amount = entry.value if entry.outcome == Outcome.REFUND else ZERO


def _total(rma: Return, order: Order, deduction: Decimal, shipping: Decimal) -> None:
    """Set the sums and spread the deduction over the refunded lines, so that they add up to the last cent."""
    entries = [e for e in rma.lines.all() if e.refund_amount]
    goods = sum((e.refund_amount for e in entries), ZERO)
    given_before = sum(
        Return.objects.filter(order=order).exclude(pk=rma.pk).values_list("shipping_refund", flat=True), ZERO
    )
    if deduction < 0 or deduction > goods:
        raise Refused("deduction_too_high", f"At most {format_money(goods, order.currency)} can be taken off.")
    if shipping < 0 or shipping > order.shipping_total - given_before:
        left = format_money(order.shipping_total - given_before, order.currency)
        raise Refused("shipping_too_high", f"At most {left} of shipping can be given back.")
    if deduction:
        for entry, share in zip(
            entries, allocate(deduction, [e.refund_amount for e in entries], order.currency), strict=True
        ):
            entry.refund_amount -= share
    for entry in rma.lines.all():
        entry.save(update_fields=["outcome", "qty_accepted", "value", "refund_amount"])
    rma.value_total = sum((e.value for e in rma.lines.all()), ZERO)
    rma.deduction, rma.shipping_refund, rma.refund_total = deduction, shipping, goods - deduction + shipping


def _tell_order(rma: Return, order: Order) -> None:
    # Refused units belong to the customer again.
    refused = {
        e.line_id: {"returned": e.qty_accepted - e.qty_received}
        for e in rma.lines.all()
        if e.qty_received > e.qty_accepted
    }
    if refused and rma.type != ReturnType.RTO:
        report_quantities(order, refused)
    if rma.refund_total:
        report_value(order, returned=rma.refund_total)
