"""Count what came back. It enters quarantine: nobody can sell it until it is inspected."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from inventory.actions.adjust import quarantine_return
from inventory.locks import lock_returned
from inventory.models import Location, PurchaseOrder
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.plural import are, plural
from orders.actions.progress import report_quantities
from returns.actions._move import move_return
from returns.locks import lock_return
from returns.models import Return, ReturnLine, ReturnType


@transaction.atomic
def receive_return(
    number: str, *, quantities: Mapping[int, int], location: str, actor: Any, is_last: bool = False
) -> Return:
    """Book `quantities` {return line id: units} in at `location` (code), into quarantine.

    The return is received when everything asked for is here or `is_last` says that nothing more comes; otherwise it is
    part-received and waits. All parcels of one return are booked in at one place.
    """
    order, rma = lock_return(number)
    require(rma, "receive_part")
    place = _place(rma, location)
    arrived = _checked(rma, quantities)
    if not arrived and not is_last:
        raise Refused("nothing_counted", "Count at least one unit, or say that nothing more comes.")
    for entry, qty in arrived:
        entry.qty_received += qty
        entry.save(update_fields=["qty_received"])
    _say(rma, arrived, place, is_last, actor)
    if rma.type != ReturnType.RTO:  # those never reached the customer: fulfilment has counted them as back at origin
        report_quantities(order, {entry.line_id: {"returned": qty} for entry, qty in arrived})
    if place.is_supplier:
        return rma  # it is back where it came from: nothing of it becomes stock of ours
    lock_returned({entry.line_id: entry.line.product_id for entry, _ in arrived}, location_id=place.pk)
    for entry, qty in arrived:
        if entry.line.product_id:
            # The running total makes each parcel its own document and a replay of the same one a no-op.
            quarantine_return(
                entry.line.product_id,
                place.pk,
                qty,
                source=f"{rma.number}:{entry.pk}:{entry.qty_received}",
                actor=actor,
                line_id=entry.line_id,
            )
    return rma


def _place(rma: Return, code: str) -> Location:
    place = Location.objects.filter(code=code, is_active=True).first()
    if place is None:
        raise Refused("location_unknown", "Choose the place where the parcel is opened.")
    if place.is_supplier and not suppliers_of(rma.order.number).filter(pk=place.pk).exists():
        raise Refused("not_from_there", f"{place.name} sent nothing of {rma.order.number}; choose one of our places.")
    if rma.location_id and rma.location_id != place.pk and rma.qty_received:
        raise Refused("other_location", f"{rma.number} is being received at {rma.location}; send the rest there.")
    return place


def suppliers_of(order_number: str) -> QuerySet[Location]:
    """The suppliers who sent something of the order to its customer: it may go back to them."""
    sent = PurchaseOrder.objects.filter(order_number=order_number, lines__qty_received__gt=0)
    return Location.objects.filter(pk__in=sent.values("location"))


def _checked(rma: Return, quantities: Mapping[int, int]) -> list[tuple[ReturnLine, int]]:
    entries = {entry.pk: entry for entry in rma.lines.all()}
    if any(qty and pk not in entries for pk, qty in quantities.items()):
        raise Refused("line_unknown", f"One of the lines does not belong to {rma.number}; reload the page.")
    for pk, qty in quantities.items():
        if qty and (qty < 0 or qty > entries[pk].qty_missing):
            entry = entries[pk]
            raise Refused(
                "too_many",
                f"{entry.line.sku}: {entry.qty_missing} of {plural(entry.qty, 'unit')} {are(entry.qty_missing)} still expected, not {qty}. "
                "Put the others aside and ask Support for a return of their own.",
            )
    return [(entries[pk], qty) for pk, qty in quantities.items() if qty]


def _say(rma: Return, arrived: list[tuple[ReturnLine, int]], place: Location, is_last: bool, actor: Any) -> None:
    complete = is_last or not any(entry.qty_missing for entry in rma.lines.all())
    rma.location, rma.received_at, rma.expires_at = place, now(), None
    move, event = ("receive", "returns.received") if complete else ("receive_part", "returns.part_received")
    move_return(
        rma, move, event=event, actor=actor, location=place.code, place=place.name, at_supplier=place.is_supplier,
        saved=("location", "received_at", "expires_at"),
        lines=[{"sku": entry.line.sku, "qty": qty} for entry, qty in arrived],
        missing=sum(entry.qty_missing for entry in rma.lines.all()),
    )  # fmt: skip
