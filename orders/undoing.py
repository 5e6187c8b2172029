"""Which steps of an order can still be taken back: the last one a person made, inside the window, and what only stood beside
it since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.errors import Refusal
from orders.models import Order
from orders.words import said

DEAD = Refusal("undo_over", "This can no longer be undone: it is not a step of this order that can be taken back.")


@dataclass(frozen=True)
class Undoable:
    """How one kind of step is taken back. `machine`, `move`: whose rights it needs; no move: the right to assign.

    `reverse` runs under the order's lock; `stays` says, before it does, what it does not bring back. `apart`: such steps
    touch nothing of each other (two parcels), so that when the later one is taken back the earlier one may be too.
    `beside`: such a step changes one word of the order that no step of another kind does (its tags, its person), so that
    those before it may be taken back still.
    """

    reverse: Callable[[Order, Event, Any], None]
    machine: str = "order"
    move: str = ""
    stays: Callable[[Order, Event], list[str]] | None = None
    apart: bool = False
    beside: bool = False


LOOKED_AT = 40  # events: more than one step of a person writes
# What a person did -> the way back. Each app registers its own.
UNDOABLE: dict[str, Undoable] = {}
# What may follow without standing in the way.
QUIET = {
    "orders.noted",
    "orders.file_attached",
    "orders.file_removed",
    "orders.amendment_drafted",
    "orders.amendment_declined",
    "orders.claimed",
    "orders.claim_released",
    "orders.claim_taken_over",
    "fulfilment.claimed",
    "fulfilment.claim_released",
    "fulfilment.claim_taken_over",
    "notifications.queued",
    "notifications.written",
    "notifications.contacted",
    "notifications.customer_wrote",
    "notifications.customer_answered",
}


def register(name: str, way: Undoable) -> None:
    UNDOABLE[name] = way


def open_steps(newest_first: Iterable[Event]) -> list[Event]:
    """The steps that may be undone now, newest first, of events read newest first."""
    events = list(newest_first)
    gone, found = _taken_back(events), []
    passed = {None, *gone}
    for at, event in enumerate(events):
        if event.tx in passed or event.name not in UNDOABLE or not _is_somebodys(event):
            continue
        passed.add(event.tx)  # the last event of a step speaks for it
        if until(event) > now() and not any(_stops(later, event, gone) for later in events[:at]):
            found.append(event)
    return found


def way_back(number: str, person: Any) -> str:
    """The page that undoes what `person` has just done to the order; empty when it cannot be undone."""
    events = (
        list(Event.objects.filter(stream=number).order_by("-seq")[:LOOKED_AT]) if person.can("orders.assign") else []
    )
    latest = next((e for e in events if e.actor_kind == "person"), None)
    if latest is None or latest.actor_user_id != person.pk:
        return ""
    step = next((e for e in open_steps(events) if e.tx == latest.tx and e.actor_user_id == person.pk), None)
    return reverse("orders:undo", args=[number, step.seq]) if step else ""


def closed(newest_first: Iterable[Event], seq: int) -> Refusal | None:
    """Why step `seq` cannot be undone now, in a sentence; None when it can. Reads events newest first."""
    events = list(newest_first)
    if any(step.seq == seq for step in open_steps(events)):
        return None
    asked = next((e for e in events if e.seq == seq), None)
    if asked is None or asked.name not in UNDOABLE or not _is_somebodys(asked):
        return DEAD
    gone = _taken_back(events)
    since = [e for e in events if e.seq > seq and _stops(e, asked, gone)]
    if since:
        after = since[-1]
        return Refusal("undo_over", f"This can no longer be undone: since then {after.actor_name} {said(after)}.")
    return Refusal("undo_over", f"This can no longer be undone: the {settings.UNDO_MINUTES} minutes for it are over.")


def _stops(later: Event, step: Event, gone: set[int | None]) -> bool:
    """Whether `later` stands in the way of taking `step` back. `gone`: what _taken_back says."""
    if later.tx == step.tx or later.name in QUIET or _is_beside(later, step):
        return False
    return not (UNDOABLE[step.name].apart and later.tx in gone)


def _is_beside(later: Event, step: Event) -> bool:
    """Whether `later`, or what it took back, changed one word that a step of another kind never touches."""
    name = later.payload.get("undid_name", "") if later.name == "orders.undone" else later.name
    return name != step.name and name in UNDOABLE and UNDOABLE[name].beside


def _is_somebodys(event: Event) -> bool:
    """A person's step, or one that a rule made in a person's stead."""
    return event.actor_kind == "person" or bool(event.payload.get("by_itself"))


def _taken_back(events: Iterable[Event]) -> set[int | None]:
    """The transactions of steps that stand apart and were taken back, and of taking them back."""
    undone = [
        e
        for e in events
        if e.name == "orders.undone" and e.tx is not None and _is_apart(e.payload.get("undid_name", ""))
    ]
    steps = {e.payload.get("undid") for e in undone}
    return {e.tx for e in undone} | {e.tx for e in events if e.pk in steps}


def _is_apart(name: str) -> bool:
    return name in UNDOABLE and UNDOABLE[name].apart


def until(event: Event) -> datetime:
    """When the window of this step closes."""
    return event.at + timedelta(minutes=settings.UNDO_MINUTES)
