"""The customer has handed the parcel over."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from orders.actions.progress import add_search_terms
from returns.actions._move import move_return
from returns.locks import lock_return
from returns.models import Return


@transaction.atomic
def mark_in_transit(number: str, *, actor: Any, carrier: str = "", tracking_number: str = "") -> Return:
    """Say that the parcel is on its way; with a tracking number the order can be found by it."""
    order, rma = lock_return(number)
    rma.in_transit_at, rma.carrier, rma.tracking_number = now(), carrier.strip()[:60], tracking_number.strip()[:80]
    move_return(
        rma, "mark_in_transit", event="returns.in_transit", actor=actor, carrier=rma.carrier, tracking=rma.tracking_number,
        saved=("in_transit_at", "carrier", "tracking_number"),
    )  # fmt: skip
    add_search_terms(order, [rma.tracking_number])
    return rma
