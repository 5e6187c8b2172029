"""Low stock: what fell below its safety stock, where, since when, what comes, and what to order."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from inventory.actions.alert import watch_stock
from inventory.filters import AlertFilter
from inventory.models import AlertWatch, StockAlert
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class AlertList(ListPage):
    queryset = StockAlert.objects.all()
    name, nouns = "alerts", ("alert", "alerts")
    template_name, fragment_name = "inventory/alert_list.html", "inventory/_alerts.html"
    permission = "inventory.view"
    export_permission = "inventory.view"
    filterset_class = AlertFilter
    views: ClassVar = (
        SavedView("low", "Low now", lambda rows, user: rows.open(), tone="late", empty="Nothing is below its safety stock",
                  empty_why="Set a safety stock on the page of a SKU."),
        SavedView("uncovered", "Nothing on its way", lambda rows, user: rows.open().uncovered(), tone="late",
                  empty="Everything low is on its way"),
        SavedView("past", "Over", lambda rows, user: rows.filter(cleared_at__isnull=False), sort="newest",
                  empty="No alert is over yet"),
    )  # fmt: skip
    sorts: ClassVar = {
        "oldest": Sort("longest low first", ("raised_at", "id"), back="Longer", on="Shorter"),
        "newest": Sort("newest first", ("-id",), back="Newer", on="Older"),
    }
    columns = (
        Column("SKU", lambda a: a.product.sku), Column("Name", lambda a: a.product.name),
        Column("Location", lambda a: a.location.code), Column("Below", lambda a: a.threshold),
        Column("Available then", lambda a: a.available), Column("Available now", lambda a: a.available_now),
        Column("On its way", lambda a: a.incoming), Column("Since", lambda a: a.raised_at),
        Column("Until", lambda a: a.cleared_at),
    )  # fmt: skip

    def prefetch(self, rows: Any) -> Any:
        return rows.select_related("product", "location").measured()

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"here": "stock", "is_watching": AlertWatch.objects.filter(user=self.request.user).exists()}


@require_POST
@needs("inventory.view")
def watching(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("on") == "yes"
    with shown_as_message(request, "You get a mail when stock becomes low." if on else "No mail about stock any more."):
        watch_stock(request.user, on=on)
    return redirect("inventory:alerts")
