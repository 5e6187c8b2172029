"""What units of a line are worth: shares of its frozen total, so that all units together are the total exactly."""

from decimal import Decimal

from django.db.models import Sum

from oms.kernel.money import quantize
from orders.models import OrderLine
from returns.models import Return, ReturnLine
from returns.states import ReturnStatus

SETTLED = (ReturnStatus.RESOLVED, ReturnStatus.CLOSED)


def frozen_value(line: OrderLine, qty: int, currency: str, *, besides: Return) -> Decimal:
    """The value of `qty` more units of `line` beyond what was cancelled and settled in other returns.

    The line's total carries its own discounts and tax as they were at placement. The last unit takes the rounding rest.
    """
    if not qty or not line.qty_ordered:
        return Decimal(0)
    earlier = ReturnLine.objects.filter(line=line, rma__status__in=SETTLED).exclude(rma=besides)
    sums = earlier.aggregate(units=Sum("qty_accepted", default=0), value=Sum("value", default=Decimal(0)))
    before = line.qty_cancelled + sums["units"]
    if before + qty >= line.qty_ordered:
        rest = quantize(line.total, currency) - _share(line, line.qty_cancelled, currency) - sums["value"]
        return max(rest, Decimal(0))
    return _share(line, before + qty, currency) - _share(line, before, currency)


def _share(line: OrderLine, units: int, currency: str) -> Decimal:
    return quantize(line.total * units / line.qty_ordered, currency)
