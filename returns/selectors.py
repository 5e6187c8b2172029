"""Page-shaped reads of returns: the answer, the track, the lines with their values, and the desk's queues."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse

from oms.access.roles import Team
from oms.events.models import Event
from returns.models import Return, ReturnLine, ReturnType
from returns.states import DEAD, ReturnStatus
from returns.values import frozen_value, settled_besides
from returns.words import said

S = ReturnStatus
# What happens next, whose it is, and within which time.
NEXT: dict[str, tuple[str, str, timedelta | None]] = {
    S.REQUESTED: ("Approve or decline", Team.SUPPORT, timedelta(hours=24)),
    S.APPROVED: ("Tell the customer where to send it", Team.SUPPORT, timedelta(hours=24)),
    S.AWAITING_ITEM: ("Wait for the parcel", Team.SUPPORT, None),
    S.IN_TRANSIT: ("Receive the parcel", Team.WAREHOUSE, None),
    S.PARTIALLY_RECEIVED: ("Receive the rest", Team.WAREHOUSE, timedelta(days=7)),
    S.RECEIVED: ("Inspect the units", Team.WAREHOUSE, timedelta(hours=24)),
    S.INSPECTED: ("Decide how to settle", Team.SUPPORT, timedelta(hours=24)),
    S.RESOLVED: ("Close the file", Team.SUPPORT, timedelta(days=7)),
}
TONES = {S.REQUESTED: "wait", S.RECEIVED: "wait", S.INSPECTED: "wait", S.PARTIALLY_RECEIVED: "wait", S.RESOLVED: "done"}


@dataclass(frozen=True)
class Answer:
    """Where a return stands, in the words of the page's first line."""

    next: str
    owner: str
    since: datetime
    due: datetime | None
    tone: str


@dataclass(frozen=True)
class Step:
    label: str
    glyph: str
    at: datetime | None
    place: str  # past, now or empty
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A line with what one unit, and everything that is here, is worth at its frozen price."""

    entry: ReturnLine
    here: int
    worth: Decimal


@dataclass(frozen=True)
class Said:
    at: datetime
    who: str
    text: str
    why: str
    icon: str

    @property
    def is_fact(self) -> bool:
        """A sentence of its own ("The parcel is on its way"), not something that `who` did."""
        return self.text[:1].isupper()


@dataclass(frozen=True)
class Queue:
    """One queue of a home page: what waits, how much of it, since when, and where it is worked off."""

    key: str
    label: str
    count: int
    oldest: datetime | None
    url: str


def load_return(user: Any, number: str) -> Return | None:
    """The return with everything its page shows, or None when it does not exist for this person."""
    return (
        Return.objects.visible_to(user)
        .select_related("order__channel", "reason", "location")
        .prefetch_related("lines__line__product", "lines__inspections")
        .filter(number=number)
        .first()
    )


def answer(rma: Return) -> Answer:
    step, team, within = NEXT.get(rma.status, ("Nothing to do", "", None))
    if rma.status == S.AWAITING_ITEM and rma.type == ReturnType.RTO:  # its file opens when the parcel is at our door
        step, team = "Book in the parcel that came back", Team.WAREHOUSE
    due = rma.expires_at if rma.expires_at and rma.is_open else (rma.status_since + within if within else None)
    return Answer(step, Team(team).label if team else "", rma.status_since, due, TONES.get(rma.status, ""))


AHEAD = "f-confirmed"  # the empty shape of a step that is to come


def track(rma: Return) -> list[Step]:
    """The main road of a return as steps; a return that ended early shows where it did."""
    steps = [
        ("Asked", "f-new", rma.requested_at, f"by {rma.requested_by}"),
        ("Approved", "f-confirmed", rma.approved_at, ""),
        ("Received", "f-dispatched", rma.received_at, rma.location.name if rma.location else ""),
        ("Inspected", "f-returned", rma.inspected_at, ""),
        ("Settled", "f-delivered", rma.resolved_at, ""),
    ]
    if rma.status in DEAD:
        steps = [step for step in steps if step[2]] + [(rma.get_status_display(), "f-cancelled", rma.ended_at, "")]
    last = max(i for i, step in enumerate(steps) if step[2])
    return [
        Step(label, glyph if at else AHEAD, at, "now" if i == last else "past" if at else "", note)
        for i, (label, glyph, at, note) in enumerate(steps)
    ]


def rows(rma: Return) -> list[Row]:
    """The lines, each with the frozen value of what can be accepted (or was)."""
    found, settled = [], settled_besides(rma)
    for entry in rma.lines.all():
        here = entry.qty_received if rma.received_at else entry.qty
        worth = (
            entry.value
            if rma.resolved_at
            else frozen_value(entry.line, here, rma.order.currency, settled=settled[entry.line_id])
        )
        found.append(Row(entry, here, worth))
    return found


def timeline(rma: Return) -> list[Said]:
    """What happened to this return, newest first."""
    events = Event.objects.filter(subject=rma.number, stream=rma.order.number).order_by("-seq")
    return [Said(e.at, e.actor_name, *said(e)) for e in events]


def support_queues(user: Any) -> list[Queue]:
    """The returns desk's queues: to decide, waiting for the parcel, to inspect, to settle."""
    visible = Return.objects.visible_to(user)
    return [
        _queue("to-decide", "Returns to decide", visible.to_decide()),
        _queue("waiting", "Waiting for the parcel", visible.waiting_for_parcel()),
        _queue("to-inspect", "Returns to inspect", visible.to_inspect()),
        _queue("to-settle", "Returns to settle", visible.to_settle()),
    ]


def _queue(key: str, label: str, found: Any) -> Queue:
    sums = found.order_by().aggregate(count=Count("pk"), oldest=Min("status_since"))
    return Queue(key, label, sums["count"], sums["oldest"], f"{reverse('returns:list')}?view={key}")


def waiting(user: Any) -> list[QuerySet]:
    """The returns that wait for a person of the desk; the rail counts them."""
    return [Return.objects.visible_to(user).filter(status__in=(S.REQUESTED, S.RECEIVED, S.INSPECTED))]
