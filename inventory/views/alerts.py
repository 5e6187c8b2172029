"""Low stock: what fell below its safety stock, where, since when, what comes, who looks after it, and what to order."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from inventory.actions.alert import watch_stock
from inventory.actions.look_after import give_back_alert, put_off_alert, take_alert
from inventory.filters import AlertFilter
from inventory.forms_alert import LookAfterForm
from inventory.models import AlertWatch, StockAlert
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
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
        SavedView("low", "Low now", lambda rows, user: rows.pressing(), tone="late", empty="Nothing is below its safety stock",
                  empty_why="Set a safety stock on the page of a SKU."),
        SavedView("uncovered", "Nothing on its way", lambda rows, user: rows.pressing().uncovered(), tone="late",
                  empty="Everything low is on its way"),
        SavedView("mine", "Mine", lambda rows, user: rows.taken().filter(taken_by=user.pk), empty="You look after none"),
        SavedView("off", "Put off", lambda rows, user: rows.put_off(), empty="Nothing is put off"),
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
        Column("Until", lambda a: a.cleared_at), Column("Looked after by", lambda a: a.taken_by.display_name if a.taken_by else ""),
        Column("Put off until", lambda a: a.off_until), Column("Note", lambda a: a.note),
    )  # fmt: skip

    def prefetch(self, rows: Any) -> Any:
        return rows.select_related("product", "location", "taken_by").measured()

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        may = self.request.user.can("inventory.adjust")
        return {
            "here": "stock",
            "may_take": may,
            "is_watching": AlertWatch.objects.filter(user=self.request.user).exists(),
        }


@step_of("inventory:alerts")
@needs("inventory.view")
def watching(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("on") == "yes"
    with shown_as_message(request, "You get a mail when stock becomes low." if on else "No mail about stock any more."):
        watch_stock(request.user, on=on)
    return redirect("inventory:alerts")


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def look_after(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: look after it, put it off until a day, or give it back."""
    rows = StockAlert.objects.visible_to(request.user).select_related("product", "location", "taken_by").measured()
    alert, status = get_object_or_404(rows, pk=pk), 200
    form = LookAfterForm(request.POST or None, initial={"note": alert.note, "until": alert.off_until})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                messages.success(request, retrying()(_done)(alert, request.POST.get("how", ""), form, request.user))
                return redirect("inventory:alerts")
            except (Refused, Busy) as refused:
                form.add_error("until" if getattr(refused, "code", "") in ABOUT_THE_DAY else None, str(refused))
    context = {"alert": alert, "form": form, "here": "stock", "is_mine": alert.taken_by_id == request.user.pk}
    return render(request, "inventory/alert.html", context, status=status)


ABOUT_THE_DAY = ("day_impossible", "nothing_left")


def _done(alert: StockAlert, how: str, form: LookAfterForm, user: Any) -> str:
    """Do what was pressed; the sentence to show."""
    what, note, until = (
        f"{alert.product.sku} at {alert.location}",
        form.cleaned_data["note"],
        form.cleaned_data["until"],
    )
    match how:
        case "take" | "take-over":
            take_alert(alert.pk, actor=user, note=note, over=how == "take-over")
            return f"You look after {what}."
        case "put-off":
            if until is None:
                raise Refused("day_impossible", "Enter the day until which it is put off.")
            put_off_alert(alert.pk, until=until, actor=user, note=note)
            return f"{what} is put off."
        case "give-back":
            give_back_alert(alert.pk, actor=user)
            return f"{what} is everybody's again."
    raise Refused("how_unknown", "Use one of the buttons on the page.")
