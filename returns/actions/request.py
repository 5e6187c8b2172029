"""Open a return: somebody wants to send delivered goods back, swap them, or claims that something was wrong."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number
from oms.kernel.plural import plural
from orders.locks import lines_of, lock_order
from orders.models import Order, OrderLine
from returns.actions._move import report_open_returns
from returns.models import Return, ReturnLine, ReturnReason, ReturnType
from returns.quantities import returnable
from returns.rules import inside_window, something_delivered
from returns.states import ReturnStatus

ASKED_TYPES = (ReturnType.RETURN, ReturnType.EXCHANGE, ReturnType.CLAIM)


@transaction.atomic
def request_return(
    number: str,
    *,
    quantities: Mapping[int, int],
    reason: str,
    actor: Any,
    type: str = ReturnType.RETURN,
    note: str = "",
) -> Return:
    """Ask for `quantities` {line id: units} of order `number` to come back; `reason` is a ReturnReason key.

    Refuses more than was delivered and is not asked back yet, and anything after the return window without a note.
    """
    order = lock_order(number)
    why = active_reason(reason)
    if type not in ASKED_TYPES:
        raise Refused("return_type_unknown", "Choose what it is: a return, an exchange or a claim.")
    if refusal := something_delivered(order):
        raise Refused.because([refusal])
    if (refusal := inside_window(order)) and not note.strip():
        raise Refused.because([refusal])
    asked = _checked(order, quantities)
    return open_return(order, asked, reason=why, actor=actor, type=type, note=note)


def open_return(
    order: Order,
    asked: list[tuple[OrderLine, int]],
    *,
    reason: ReturnReason,
    actor: Any,
    type: str,
    note: str = "",
    source: str = "",
) -> Return:
    """Store a requested return on a locked order and say so; the caller has checked the quantities."""
    rma = Return.objects.create(
        number=next_number("returns_number_seq", "RMA"), order=order, type=type, reason=reason, note=note.strip()[:500],
        requested_by=as_actor(actor).name, source=source, requested_at=now(), status_since=now(),
    )  # fmt: skip
    ReturnLine.objects.bulk_create(ReturnLine(rma=rma, line=line, qty=qty) for line, qty in asked)
    report_open_returns(order)
    publish_move(
        "returns.requested", subject=rma.number, actor=actor, stream=order.number, machine="return", move="create",
        source="", target=ReturnStatus.REQUESTED, type=type, reason=reason.label, note=note,
        lines=[{"sku": line.sku, "name": line.name, "qty": qty} for line, qty in asked],
    )  # fmt: skip
    return rma


def active_reason(key: str) -> ReturnReason:
    reason = ReturnReason.objects.filter(key=key, is_active=True).first()
    if reason is None:
        raise Refused("return_reason_unknown", "Choose a reason for the return from the list.")
    return reason


def _checked(order: Order, quantities: Mapping[int, int]) -> list[tuple[OrderLine, int]]:
    lines = lines_of(order)
    if strangers := [pk for pk, qty in quantities.items() if qty and pk not in {line.pk for line in lines}]:
        raise Refused(
            "line_unknown", f"{len(strangers)} of the lines do not belong to {order.number}; reload the page."
        )
    free, asked = returnable(order, lines), []
    for line in lines:
        qty = quantities.get(line.pk, 0)
        if qty < 0 or qty > free[line.pk]:
            raise Refused(
                "too_many",
                f"{line.sku}: {free[line.pk]} of {plural(line.qty_delivered, 'delivered unit')} can still be returned, not {qty}.",
            )
        if qty:
            asked.append((line, qty))
    if not asked:
        raise Refused("nothing_asked", "Enter how many units of which line come back.")
    return asked
