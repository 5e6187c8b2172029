"""Counts that differ much from the books: a second person approves them, or they are withdrawn."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from inventory.actions.decide_count import approve_count, withdraw_count
from inventory.filters import StockCountFilter
from inventory.models import StockCount
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class StockCountList(ListPage):
    queryset = StockCount.objects.all()
    name, nouns = "stock_counts", ("count", "counts")
    template_name, fragment_name = "inventory/count_list.html", "inventory/_counts.html"
    permission = "inventory.view"
    export_permission = "inventory.view"
    filterset_class = StockCountFilter
    views: ClassVar = (
        SavedView("waiting", "To approve", lambda rows, user: rows.waiting(), tone="late", empty="No count waits",
                  empty_why="A count waits here when it differs more than its place lets one person post (Set-up, Locations)."),
        SavedView("decided", "Decided", lambda rows, user: rows.exclude(is_approved=None), sort="newest",
                  empty="Nothing is decided yet"),
    )  # fmt: skip
    sorts: ClassVar = {
        "oldest": Sort("longest waiting first", ("counted_at", "id"), back="Older", on="Newer"),
        "newest": Sort("newest first", ("-id",), back="Newer", on="Older"),
    }
    columns = (
        Column("SKU", lambda c: c.product.sku), Column("Location", lambda c: c.location.code),
        Column("Books", lambda c: c.expected), Column("Counted", lambda c: c.counted), Column("Difference", lambda c: c.delta),
        Column("Reason", lambda c: c.reason), Column("Counted by", lambda c: c.counted_by.display_name),
        Column("At", lambda c: c.counted_at), Column("Approved", lambda c: c.is_approved),
        Column("Decided by", lambda c: c.decided_by.display_name if c.decided_by else ""),
    )  # fmt: skip

    def prefetch(self, rows: Any) -> Any:
        return rows.select_related("product", "location", "counted_by", "decided_by")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"here": "stock", "me": self.request.user.pk, "may_decide": self.request.user.can("inventory.adjust")}


@step_of("inventory:counts")
@needs("inventory.adjust")
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a count or withdraw it, by the button that was pressed."""
    count = get_object_or_404(StockCount.objects.visible_to(request.user), pk=pk)
    act, said = WAYS.get(request.POST.get("how", ""), (None, ""))
    with shown_as_message(request, said):
        if act is None:
            raise Refused("how_unknown", "Use one of the buttons on the page.")
        retrying()(act)(count.pk, actor=request.user)
    return redirect("inventory:counts")


WAYS: dict[str, tuple[Any, str]] = {
    "approve": (approve_count, "Approved; the difference is posted."),
    "withdraw": (withdraw_count, "Withdrawn; nothing is posted. Count again."),
}
