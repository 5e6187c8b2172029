"""What happened to an order, in words, by day."""

from dataclasses import dataclass

from oms.events.models import Event
from oms.kernel.clock import business_date, business_zone
from oms.kernel.load import load
from oms.ui.words import moment
from orders.words import detail, said

# The first that fits the start of an event's name.
SIGNS = (
    ("orders.noted", "note"), ("orders.file", "doc"), ("orders.hold_cleared", "check"),
    ("orders.hold_declined", "x"), ("orders.asked_again", "note"), ("orders.held", "hold"), ("orders.cancelled", "x"),
    ("orders.remainder", "x"), ("orders.placed", "orders"), ("orders.imported", "import"), ("orders.edited", "edit"),
    ("orders.amend", "edit"), ("orders.assigned", "people"), ("orders.claim", "people"), ("orders.allocated", "stock"),
    ("orders.place_", "stock"),
    ("orders.prior", "flag"), ("orders.stock_", "stock"), ("orders.promise_", "clock"), ("orders.production", "tool"),
    ("orders.reservation", "stock"), ("payments.", "coins"),
    ("orders.rate", "coins"), ("fulfilment.pick", "pick"), ("fulfilment.short", "alert"),
    ("fulfilment.packed", "pack"), ("fulfilment.opened", "pack"), ("fulfilment.parcel_delivered", "check"),
    ("fulfilment.delivered", "check"), ("fulfilment.completed", "check"), ("fulfilment.", "truck"), ("returns.", "ret"),
    ("notifications.", "mail"),
)  # fmt: skip
KINDS = {
    "orders.noted": "note",
    "notifications.queued": "sent",
    "notifications.written": "sent",
    "notifications.contacted": "sent",
    "notifications.customer_wrote": "got",
}


@dataclass(frozen=True)
class Line:
    """One event in words: `day` and `clock` of the business zone, a sign, and the kind that colours it."""

    event: Event
    says: str
    detail: str
    day: str
    clock: str
    sign: str
    kind: str


def timeline(number: str) -> list[Line]:
    """The latest two hundred things that happened to the order, newest first."""
    return [_line(event) for event in load(Event, "m.stream = %s ORDER BY m.seq DESC LIMIT 200", [number])]


def _line(event: Event) -> Line:
    at = event.occurred_at.astimezone(business_zone())
    sign = next((sign for start, sign in SIGNS if event.name.startswith(start)), "check")
    day = moment(business_date(event.occurred_at))
    return Line(event, said(event), detail(event), day, f"{at:%H:%M}", sign, KINDS.get(event.name, ""))
