"""What every move of a parcel shares: its units in the order's books, its carrier's clock and the line in its history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min

from fulfilment.actions._move import move_row
from fulfilment.models import Shipment, TrackingEvent
from fulfilment.models.parcels import ANSWER_HOURS
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_attempts, report_quantities
from orders.models import Order


def said(reason: str) -> str:
    """What the person wrote, or Refused when they wrote nothing."""
    if not (text := reason.replace("\x00", "").strip()):
        raise Refused("reason_missing", "Say what happened; support and finance read it.")
    return text[:500]


def keep(shipment: Shipment, status: str, text: str, at: datetime | None, *, is_applied: bool = True) -> None:
    """Add what was heard of the parcel to its history, as of `at` (default: now)."""
    TrackingEvent.objects.create(
        shipment=shipment,
        status=status,
        text=text.replace("\x00", "")[:300],
        occurred_at=at or now(),
        is_applied=is_applied,
    )


def step(
    order: Order, shipment: Shipment, move: str, *, event: str, actor: Any, saved: tuple[str, ...] = (),
    at: datetime | None = None, **payload: Any,
) -> None:  # fmt: skip
    """Make `move`; a failed attempt starts the carrier's clock for our answer, and every other move ends it."""
    waited = shipment.answer_by
    shipment.answer_by = _answer_by(shipment, at) if move == "fail_attempt" else None
    move_row(
        shipment, move, machine="shipment", event=event, actor=actor, saved=("answer_by", *saved), **payload
    )  # fmt: skip
    if shipment.answer_by != waited:
        report_attempts(order, Shipment.objects.filter(order=order).aggregate(first=Min("answer_by"))["first"])


def change(
    order: Order,
    shipment: Shipment,
    move: str,
    event: str,
    actor: Any,
    signs: Mapping[str, int],
    *saved: str,
    **payload: Any,
) -> None:
    """Make `move` and add the parcel's units to the order's quantities named in `signs` ({"delivered": 1})."""
    step(order, shipment, move, event=event, actor=actor, saved=saved, **payload)
    if event == "fulfilment.found":
        order.refresh_from_db()  # its cash may be owed again by now
    if signs:
        units = {row.line_id: row.qty for row in shipment.lines.all()}
        report_quantities(order, {k: {name: sign * q for name, sign in signs.items()} for k, q in units.items()})


def end(
    order: Order, shipment: Shipment, move: str, event: str, actor: Any, signs: Mapping[str, int], *saved: str
) -> None:
    """The same for a move that ends the parcel's way; the work that sent it is completed."""
    shipment.ended_at = now()
    change(order, shipment, move, event, actor, signs, "ended_at", *saved)
    fo = shipment.fulfilment_order
    if fo and fo.status == "dispatched":
        move_row(fo, "complete", machine="fulfilment", event="fulfilment.completed", actor="system")


def _answer_by(shipment: Shipment, at: datetime | None) -> datetime:
    return (at or now()) + timedelta(hours=shipment.carrier.answer_hours if shipment.carrier else ANSWER_HOURS)
