"""The order as it stood after any of its events, and what differs from another moment, with who and why."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from oms.events.models import Event
from orders.asof.compare import FACTS, MONEY, differences, fact, money
from orders.asof.rewind import Moment, Standing, moment_of, standing
from orders.models import Order
from orders.readiness import readiness
from orders.selectors import order_or_404
from orders.words import detail, said

LONGEST = 300


@dataclass(frozen=True)
class Then:
    """One moment of an order as its page shows it."""

    moment: Moment
    standing: Standing
    says: str


@dataclass(frozen=True)
class Line:
    """One event in words, with what was given as its reason."""

    event: Event
    says: str
    detail: str


@require_GET
@needs("orders.history")
def as_of(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    order = order_or_404(number, request.user)
    then = _then(order, seq)
    other = _then(order, _other(request, order))
    first, last = sorted((then, other), key=lambda t: t.moment.past_id)
    events = list(Event.objects.filter(stream=number).order_by("-seq")[:LONGEST])
    context: dict[str, Any] = {
        "here": "orders", "order": order, "then": then, "other": other,
        "facts": [(label, fact(then.standing, name)) for name, label in FACTS.items()],
        "money": [(label, money(then.standing, name)) for name, label in MONEY.items()],
        "lines": [readiness(line) for line in then.standing.lines],
        "differences": differences(first.standing, last.standing),
        "first": first, "last": last, "between": _between(number, first, last),
        "events": [(event.seq, f"{event.seq}: {event.actor_name} {said(event)}") for event in events],
        "earlier": _next(number, seq, -1), "later": _next(number, seq, 1),
        "is_before_keeping": then.moment.event is not None and then.moment.event.tx is None,
    }  # fmt: skip
    return render(request, "orders/order_as_of.html", context)


def _then(order: Order, seq: int) -> Then:
    moment = moment_of(order, seq)
    if moment is None or moment.event is None:
        raise Http404
    return Then(moment, standing(order, moment), f"{moment.event.actor_name} {said(moment.event)}")


def _other(request: HttpRequest, order: Order) -> int:
    """The moment to compare with: the newest unless the address names one."""
    text = request.GET.get("with", "")
    if text.isdecimal() and len(text) < 9:
        return int(text)
    newest = Event.objects.filter(stream=order.number).order_by("-seq").values_list("seq", flat=True).first()
    return newest or 0


def _between(number: str, first: Then, last: Then) -> list[Line]:
    """What happened from the first moment to the last, oldest first."""
    assert first.moment.event is not None
    assert last.moment.event is not None
    low, high = sorted((first.moment.event.seq, last.moment.event.seq))
    events = Event.objects.filter(stream=number, seq__gt=low, seq__lte=high).order_by("seq")[:LONGEST]
    return [Line(event, said(event), ". ".join(filter(None, (detail(event), _why(event))))) for event in events]


def _why(event: Event) -> str:
    why = str(event.payload.get("why") or "")
    return why if event.payload.get("detail") else ""


def _next(number: str, seq: int, step: int) -> int | None:
    rows = Event.objects.filter(stream=number)
    rows = rows.filter(seq__gt=seq).order_by("seq") if step > 0 else rows.filter(seq__lt=seq).order_by("-seq")
    return rows.values_list("seq", flat=True).first()
