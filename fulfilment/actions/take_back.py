"""Take a dispatch back: the parcel still stands here, the carrier has said nothing, and nobody was told."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from fulfilment.actions._move import move_row, work_lines
from fulfilment.actions.label import new_shipment
from fulfilment.models import FulfilmentOrder, Shipment
from fulfilment.states import ShipmentStatus as S
from inventory.actions.issue import take_issue_back
from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_quantities
from orders.models import Order


@transaction.atomic
def take_back(order: Order, step: Event, actor: Any) -> None:
    """Reverse the dispatch that `step` tells of; `order` is locked.

    The shipment is cancelled and its number never used again; a label that was on the parcel is written anew under its
    own carrier and tracking number. Refuses once the carrier reported on the parcel or the customer's message left.
    """
    shipment = Shipment.objects.select_related("carrier", "fulfilment_order__location").get(number=step.subject)
    fo = shipment.fulfilment_order
    if fo is not None and fo.purchase_id:
        raise Refused(
            "supplier_sent_it", f"{shipment.number} left {fo.location.name}, not us; it comes back as a return."
        )
    _nobody_has_it(shipment)
    _nobody_was_told(order, step)
    assert fo is not None
    shipment.order = fo.order = order
    units = {row.line_id: row.qty for row in shipment.lines.all()}
    shipment.ended_at, shipment.note = now(), "Dispatch undone"
    move_row(
        shipment, "undo_hand_over", machine="shipment", event="fulfilment.hand_over_undone", actor=actor,
        saved=("ended_at", "note"),
    )  # fmt: skip
    products = _bring_back(fo, units, actor)
    _label_again(order, fo, shipment, step, units, actor)
    gone = order.shipments.exclude(status=S.CANCELLED).aggregate(last=Max("dispatched_at"))["last"]  # type: ignore[attr-defined]
    back = {k: {"dispatched": -q, "allocated": q, "picked": q, "packed": q} for k, q in units.items()}
    report_quantities(order, back, dispatched_at=gone)
    take_issue_back(
        order.number, location_id=fo.location_id, source=shipment.number, actor=actor,
        quantities={k: (products[k], q) for k, q in units.items()},
    )  # fmt: skip


def what_stays(order: Order, step: Event) -> list[str]:
    """What undoing a dispatch does not bring back, in sentences."""
    found = _left_too(order, step)
    found += [f"{step.subject} is cancelled; its number is not used again. Fetch the parcel from the courier's pile."]
    if _before(step) in (S.LABEL_READY, S.MANIFESTED):
        found.append("The label on the parcel stays; it goes with a new shipment number.")
    return found


def _left_too(order: Order, step: Event) -> list[str]:
    """The order's other parcels of these minutes: only the last comes back, the one before it by an undo of its own."""
    others = order.shipments.exclude(number=step.subject).filter(status=S.PICKED_UP)  # type: ignore[attr-defined]
    since = now() - timedelta(minutes=settings.UNDO_MINUTES)
    numbers = list(
        others.filter(dispatched_at__gt=since).order_by("-dispatched_at", "-pk").values_list("number", flat=True)
    )
    if not numbers:
        return []
    stay = "stays" if len(numbers) == 1 else "stay"
    return [
        f"Only {step.subject} comes back. {' and '.join(numbers)} left too and {stay} with the courier; undo again for {numbers[0]}."
    ]


def _nobody_has_it(shipment: Shipment) -> None:
    if shipment.status != S.PICKED_UP or shipment.tracking_events.exists():
        raise Refused(
            "parcel_gone", f"The carrier has {shipment.number} already. Ask for it to come back on the parcel's page."
        )


def _nobody_was_told(order: Order, step: Event) -> None:
    """Lock what this dispatch tells the customer, so that no sender takes it in hand, and refuse if one has."""
    for message in order.messages.select_for_update(of=("self",)).filter(event=step):  # type: ignore[attr-defined]
        if message.status in ("sending", "sent"):
            raise Refused(
                "customer_told", f"The customer was told already: “{message.subject}”. Write to them instead."
            )


def _bring_back(fo: FulfilmentOrder, units: dict[int, int], actor: Any) -> dict[int, int]:
    """Make the work packed again; the product of each line that comes back."""
    fo.dispatched_at = None
    move_row(
        fo, "undo_dispatch", machine="fulfilment", event="fulfilment.dispatch_undone", actor=actor,
        saved=("dispatched_at",),
    )  # fmt: skip
    products = {}
    for row in work_lines(fo):
        if row.line_id in units:
            row.qty_dispatched -= units[row.line_id]
            row.save(update_fields=["qty_dispatched"])
            products[row.line_id] = row.product_id
    return products


def _label_again(
    order: Order, fo: FulfilmentOrder, old: Shipment, step: Event, units: dict[int, int], actor: Any
) -> None:
    before = _before(step)
    if before not in (S.LABEL_READY, S.MANIFESTED) or old.carrier is None:
        return
    new = new_shipment(order, fo, old.carrier, old.tracking_number, units, actor)
    move_row(new, "label", machine="shipment", event="fulfilment.labelled", actor=actor)
    if before == S.MANIFESTED:
        move_row(new, "manifest", machine="shipment", event="fulfilment.manifested", actor=actor)


def _before(step: Event) -> str:
    """The state of the parcel before it was handed over."""
    told = Event.objects.filter(stream=step.stream, subject=step.subject, name="fulfilment.handed_over")
    return told.values_list("source", flat=True).first() or ""
