"""The three queues of the floor, and the button that hands out the next piece."""

from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fulfilment import selectors
from fulfilment.actions.take import claim_work, take_next
from fulfilment.filters import WorkFilter
from fulfilment.models import CountRequest, FulfilmentOrder
from fulfilment.views.work import find
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView
from orders.policies import require_may


def _views(kind: str, empty: str, why: str) -> tuple[SavedView, ...]:
    def all_of(rows, user):
        return selectors.in_queue(rows, kind)

    return (
        SavedView("ready", "Ready", lambda rows, user: all_of(rows, user).filter(order__open_holds=0), empty=empty, empty_why=why),
        SavedView("late", "Late", lambda rows, user: all_of(rows, user).filter(due_at__lt=now()), tone="late", empty="Nothing is late"),
        SavedView("held", "On hold", lambda rows, user: all_of(rows, user).filter(order__open_holds__gt=0), empty="Nothing is held"),
    )  # fmt: skip


DONE = {"keep": "It is yours for longer.", "release": "Given back to the queue.", "take-over": "It is yours now."}


class WorkQueue(ListPage):
    """Work of one kind, most urgent first."""

    kind: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    queryset = FulfilmentOrder.objects.all()
    name, nouns = "work", ("order", "orders")
    template_name, fragment_name = "fulfilment/queue.html", "fulfilment/_queue.html"
    permission = "fulfilment.view"
    filterset_class = WorkFilter
    sorts = {
        "urgent": Sort("most urgent first", selectors.URGENCY, frozenset({"due_at"}), "Sooner", "Later"),
        "oldest": Sort("longest waiting first", ("created_at",), back="Older", on="Newer"),
    }

    def prefetch(self, rows):
        return selectors.with_units(rows.select_related("order__channel", "location", "claimed_by", "ship_to"))

    def context(self, request, *, part):
        """The list's own context with the queue's words."""
        return super().context(request, part=part) | {
            "here": self.kind, "kind": self.kind, "title": self.title, "about": self.about,
            "location": request.GET.get("location", ""), "can_work": request.user.can("fulfilment.work"),
            "next_url": reverse(f"fulfilment:next-{self.kind}"),
            "to_count": CountRequest.objects.visible_to(request.user).filter(counted_at=None).exists(),
        }  # fmt: skip


class PickQueue(WorkQueue):
    kind, title, about = "pick", "Pick", "Released orders, most urgent first"
    views = _views("pick", "Nothing waits to be picked", "An order appears here when it is released to the warehouse.")


class PackQueue(WorkQueue):
    kind, title, about = "pack", "Pack", "Picked and on the packing table"
    views = _views("pack", "Nothing waits on the packing table", "An order appears here when its pick is finished.")


class DispatchQueue(WorkQueue):
    kind, title, about = "dispatch", "Dispatch", "Packed and waiting for the carrier"
    views = _views("dispatch", "Nothing waits for the carrier", "An order appears here when its parcel is closed.")


@step_of("fulfilment:{kind}-queue")
@needs("fulfilment.work")
def next_work(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out the most urgent work of `kind` that nobody else has, and open it; a pick is started at once."""
    location = request.POST.get("location", "")[:40].replace("\x00", "")
    with shown_as_message(request):
        require_may(request.user, "fulfilment", kind)
        fo = retrying()(take_next)(kind, location=location, actor=request.user)
        return redirect("fulfilment:work", fo.number)
    return redirect(reverse(f"fulfilment:{kind}-queue"))


@step_of("fulfilment:work", "number")
@needs("fulfilment.work")
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the work for longer, give it back, or take it out of somebody else's hand."""
    find(request, number)
    how, reason = request.POST.get("how", ""), request.POST.get("reason", "").replace("\x00", "")
    with shown_as_message(request, DONE.get(how, "")):
        retrying()(claim_work)(number, how=how, reason=reason, actor=request.user)
    return redirect(reverse("fulfilment:work", args=[number]) if how != "release" else "home")
