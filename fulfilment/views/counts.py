"""Shelves to count after a short pick."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from fulfilment.actions.count import answer_count
from fulfilment.filters import CountFilter
from fulfilment.models import CountRequest
from fulfilment.views.steps import whole
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView


class CountList(ListPage):
    queryset = CountRequest.objects.all()
    name, nouns = "counts", ("count", "counts")
    template_name, fragment_name = "fulfilment/count_list.html", "fulfilment/_counts.html"
    permission = "fulfilment.view"
    filterset_class = CountFilter
    views = (
        SavedView(
            "open", "To count", lambda rows, user: rows.filter(counted_at=None), tone="late", empty="No shelf to count",
            empty_why="A short pick asks for a count of its shelf.",
        ),
        SavedView("done", "Counted", lambda rows, user: rows.exclude(counted_at=None), sort="newest", empty="Nothing counted yet"),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("longest waiting first", ("asked_at",), back="Older", on="Newer"),
        "newest": Sort("newest first", ("-asked_at",), back="Newer", on="Older"),
    }

    def prefetch(self, rows):
        return rows.select_related("product", "location", "fo__order")

    def context(self, request, *, part):
        return super().context(request, part=part) | {"here": "pick", "can_count": request.user.can("inventory.adjust")}


@step_of("fulfilment:counts")
@needs("inventory.adjust")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Book what the count found."""
    text = request.POST.get("found", "").strip()
    with shown_as_message(request, "Counted. The books say what the shelf says."):
        if not text.isdecimal():
            raise Refused("count_missing", "Enter how many of the units in doubt are on the shelf; 0 is an answer.")
        retrying()(answer_count)(pk, found=whole(text), actor=request.user)
    return redirect("fulfilment:counts")
