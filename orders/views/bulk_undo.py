"""Take a whole bulk action back: what would come back and what not, then each order in its own transaction."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.events.models import Event
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refusal, Refused
from orders.actions.bulk import keep_results
from orders.actions.undo import undo_step
from orders.bulk import LABELS
from orders.models import BulkRun, Order
from orders.undoing import UNDOABLE, closed, open_steps
from orders.views.bulk import own_run
from orders.words import said


@dataclass(frozen=True)
class Back:
    """One order of the run: what was done to it, and why that stays (None: it is taken back)."""

    number: str
    order: Order | None
    step: Event | None
    refusal: Refusal | None
    times: int = 1  # parcels of it that the run let go

    @property
    def what(self) -> str:
        return said(self.step) if self.step else ""


@require_http_methods(["GET", "POST"])
@needs("orders.assign")
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which of the run's steps can be taken back; on POST take them back, the latest first."""
    run = own_run(request, pk)
    if request.method == "POST":
        results = [row for number, seq in run.steps.items() for row in _all(request, run, number, seq)]
        return redirect("orders:bulk-run", keep_results("undo", {"run": str(run.pk)}, results, actor=request.user).pk)
    rows = _rows(request, run)
    going = [row for row in rows if row.refusal is None]
    told = _messages(going)
    context = {
        "here": "orders", "run": run, "label": LABELS[run.action].lower(), "rows": rows, "going": len(going),
        "waiting": told.get("queued", 0), "told": sum(n for status, n in told.items() if status in ("sending", "sent")),
    }  # fmt: skip
    return render(request, "orders/bulk_undo.html", context)


def _rows(request: HttpRequest, run: BulkRun) -> list[Back]:
    orders = {o.number: o for o in Order.objects.visible_to(request.user).filter(number__in=run.steps)}
    events: dict[str, list[Event]] = defaultdict(list)
    # A run of some minutes began before its sheet was kept; nothing older than an hour is in any window of it.
    for event in Event.objects.filter(stream__in=list(orders), at__gte=run.at - timedelta(hours=1)).order_by("-seq"):
        events[event.stream].append(event)
    return [_row(number, seq, orders, events[number], run.times(number)) for number, seq in run.steps.items()]


def _row(number: str, seq: int, orders: Mapping[str, Order], events: list[Event], times: int) -> Back:
    step = next((e for e in events if e.seq == seq), None)
    return Back(number, orders.get(number), step, closed(events, seq), times)


def _messages(going: list[Back]) -> dict[str, int]:
    """How many of the steps' messages wait, and how many are out: {status: messages}."""
    steps = [row.step.pk for row in going if row.step]
    rows = Order.objects.filter(messages__event__in=steps).order_by()  # known by the name of their relation only
    return dict(rows.values_list("messages__status").annotate(n=Count("messages")))


def _all(request: HttpRequest, run: BulkRun, number: str, seq: int | None) -> Iterator[tuple[str, bool, str]]:
    """Take back what the run did to one order: its one step, or each of its parcels, the latest first."""
    for _ in range(run.times(number)):
        if seq is None:
            return
        done, says = _one(request, number, seq)
        yield number, done, says
        if not done:
            return
        still = open_steps(Event.objects.filter(stream=number).order_by("-seq")[:200])
        own = (e.seq for e in still if UNDOABLE[e.name].apart and e.actor_user_id == request.user.pk)
        seq = next(own, None)


def _one(request: HttpRequest, number: str, seq: int) -> tuple[bool, str]:
    if not Order.objects.visible_to(request.user).filter(number=number).exists():
        return False, "There is no such order."
    try:
        retrying()(undo_step)(number, seq=seq, actor=request.user)
    except Refused as refused:
        return False, refused.message
    except Busy as busy:
        return False, str(busy)
    return True, "Undone"
