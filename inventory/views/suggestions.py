"""What to order now, why, and one click to the draft of it."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from inventory.actions.purchases.draft import Wish, draft_purchase
from inventory.filters import places
from inventory.reordering import Suggestion, suggestions
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.errors import Refused


@require_http_methods(["GET", "POST"])
@needs("purchases.edit")
def suggested(request: HttpRequest) -> HttpResponse:
    codes = list(places(request).filter(is_active=True).values_list("code", flat=True))
    found = suggestions(codes)
    groups = [
        {"supplier": s, "location": place, "rows": (rows := list(group)), "key": f"{s.code if s else ''}:{place.code}",
         "cost": sum(row.cost for row in rows)}
        for (s, place), group in groupby(found, key=lambda row: (row.supplier, row.location))
    ]  # fmt: skip
    if request.method == "POST":
        made = None
        with shown_as_message(request):
            made = _draft(request, groups)
            messages.success(request, f"{made.number} is drafted. Look it over, then send it.")
        return redirect(made or "purchases:suggestions")
    return render(request, "purchases/suggestions.html", {"groups": groups, "here": "purchases"})


def _draft(request: HttpRequest, groups: list[dict[str, Any]]) -> Any:
    """The draft for the group whose button was pressed, of the rows still ticked."""
    group = next((g for g in groups if g["supplier"] and g["key"] == request.POST.get("group")), None)
    if group is None:
        raise Refused("nothing_to_order", "Nothing of that has to be ordered any more; the list is as it stands now.")
    ticked = set(request.POST.getlist("row"))
    chosen: list[Suggestion] = [row for row in group["rows"] if row.key in ticked]
    if not chosen:
        raise Refused("nothing_ticked", "Tick at least one SKU.")
    return draft_purchase(
        supplier=group["supplier"].code, location=group["location"].code, actor=request.user,
        lines=[Wish(row.product.sku, row.need.qty) for row in chosen], note="From the suggestions",
    )  # fmt: skip
