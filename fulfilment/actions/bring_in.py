"""Store the parcels that left before their orders were imported, thousands at once. No stock moves: it left long ago."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fulfilment.models import Carrier, Shipment, ShipmentLine
from fulfilment.states import ShipmentStatus
from oms.events.models import Event
from oms.events.publish import Fact, publish_all
from oms.kernel.db import insert_rows
from oms.kernel.numbers import next_numbers
from orders.models import OrderLine

COLUMNS = (
    "number", "order", "status", "carrier", "tracking_number", "created_at", "dispatched_at", "delivered_at", "ended_at", "note",
    "is_historical",
)  # fmt: skip


def bring_in(events: Iterable[Event]) -> None:
    """One parcel per imported order with dispatched units: delivered where the source says so, else on the road."""
    told = {event.payload["order_id"]: event for event in events}
    units: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=told, qty_dispatched__gt=0).order_by("order_id", "position"):
        units[line.order_id].append(line)
    if not units:
        return
    carriers = {c.name.casefold(): c.pk for c in Carrier.objects.all()}
    rows, facts = [], []
    numbers = next_numbers("fulfilment_shipment_number_seq", "SHP", len(units))
    for number, (order_id, lines) in zip(numbers, units.items(), strict=True):
        event = told[order_id]
        rows.append(_shipment(number, event, lines, carriers))
        facts.append(_fact(number, event, rows[-1][2], rows[-1][6]))
    ids = insert_rows(Shipment, COLUMNS, rows)
    parts = [(pk, x.pk, x.qty_dispatched) for pk, lines in zip(ids, units.values(), strict=True) for x in lines]
    insert_rows(ShipmentLine, ("shipment", "line", "qty"), parts)
    publish_all(facts, actor="system")


def _shipment(number: str, event: Event, lines: list[OrderLine], carriers: dict[str, int]) -> tuple[Any, ...]:
    past = event.payload.get("past") or {}
    delivered = all(x.qty_delivered == x.qty_dispatched for x in lines)
    status = ShipmentStatus.DELIVERED if delivered else ShipmentStatus.IN_TRANSIT
    left = _moment(past.get("dispatched_at")) or event.occurred_at
    # Sources that say "done" without saying when leave the moment of dispatch as the last one known.
    arrived = (_moment(past.get("delivered_at")) or left) if delivered else None
    carrier = past.get("carrier", "")
    known = carriers.get(carrier.casefold())
    note = f"The source names {carrier} as the carrier." if carrier and not known else ""
    return (
        number, event.payload["order_id"], status, known, past.get("tracking_number", "")[:80], left, left, arrived, arrived,
        note[:500], True,
    )  # fmt: skip


def _fact(number: str, event: Event, status: str, left: datetime) -> Fact:
    return Fact(
        "fulfilment.shipment_imported", number, event.stream, "shipment", "import", "", status, occurred_at=left
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
