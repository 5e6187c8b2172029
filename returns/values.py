"""What units of a line are worth: shares of its frozen total, so that all units together are the total exactly."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from oms.kernel.money import quantize
from orders.models import OrderLine
from returns.models import Return, ReturnLine
from returns.states import ReturnStatus

SETTLED = (ReturnStatus.RESOLVED, ReturnStatus.CLOSED)


@dataclass(frozen=True)
class Settled:
    """Units of one line taken back in other returns, and what they were worth."""

    units: int = 0
    value: Decimal = Decimal(0)


def settled_besides(rma: Return) -> defaultdict[int, Settled]:
    """Line id -> what other returns settled of it, for every line of `rma`; one statement for all of them."""
    lines = [entry.line_id for entry in rma.lines.all()]
    earlier = ReturnLine.objects.filter(line__in=lines, rma__status__in=SETTLED).exclude(rma=rma).order_by()
    sums = earlier.values_list("line").annotate(Sum("qty_accepted"), Sum("value"))
    return defaultdict(Settled, {line: Settled(units, value) for line, units, value in sums})


def frozen_value(line: OrderLine, qty: int, currency: str, *, settled: Settled) -> Decimal:
    """The value of `qty` more units of `line` beyond what was cancelled and `settled` in other returns.

    The line's total carries its own discounts and tax as they were at placement. The last unit takes the rounding rest.
    """
    if not qty or not line.qty_ordered:
        return Decimal(0)
    before = line.qty_cancelled + settled.units
    if before + qty >= line.qty_ordered:
        rest = quantize(line.total, currency) - _share(line, line.qty_cancelled, currency) - settled.value
        return max(rest, Decimal(0))
    return _share(line, before + qty, currency) - _share(line, before, currency)


def _share(line: OrderLine, units: int, currency: str) -> Decimal:
    return quantize(line.total * units / line.qty_ordered, currency)
