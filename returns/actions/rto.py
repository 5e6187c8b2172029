"""A parcel came back to origin undelivered: open its file, so that the units are counted and inspected like any other."""

from typing import Any

from django.db.models import Sum

from orders.locks import lines_of, lock_order
from orders.models import Order, OrderLine
from returns.actions.decide import approve_return
from returns.actions.request import open_return
from returns.models import Return, ReturnLine, ReturnReason, ReturnType
from returns.seeds import RTO_REASON
from returns.states import DEAD


def open_rto(number: str, *, shipment: str, actor: Any) -> Return | None:
    """Open and approve the file of `shipment` of order `number`; None when its units are in a file already.

    Runs inside the transaction that booked the units as back at origin. The stock enters when the warehouse counts it.
    """
    order = lock_order(number)
    if Return.objects.filter(type=ReturnType.RTO, source=shipment).exists():
        return None
    back = _without_file(order)
    if not back:
        return None
    rma = open_return(
        order, back, reason=_reason(), actor=actor, type=ReturnType.RTO, source=shipment, note="Came back undelivered"
    )
    return approve_return(rma.number, actor="system")


def _without_file(order: Order) -> list[tuple[OrderLine, int]]:
    filed = dict(
        ReturnLine.objects.filter(rma__order=order, rma__type=ReturnType.RTO)
        .exclude(rma__status__in=DEAD)
        .values_list("line")
        .annotate(Sum("qty"))
    )
    units = [(line, line.qty_rto - filed.get(line.pk, 0)) for line in lines_of(order)]
    return [(line, qty) for line, qty in units if qty > 0]


def _reason() -> ReturnReason:
    # Admins may rename or retire it; the file is opened all the same.
    reason, _ = ReturnReason.objects.get_or_create(key=RTO_REASON, defaults={"label": "Could not be delivered"})
    return reason
