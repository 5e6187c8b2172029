"""Say where an order's units come from: one form with the places, what each has free, and the lines it is about."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.hold_at import hold_at, let_rules_decide
from orders.placing import Placeable, placeable
from orders.rules import movable_units
from orders.selectors import order_or_404

RULES = "The routing rules decide"


class PlaceForm(forms.Form):
    place = forms.ChoiceField(label="Hold it at", required=False)
    lines = forms.TypedMultipleChoiceField(
        label="Lines", required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all of them.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why", max_length=200, required=False, help_text="Such as: she collects it there tonight."
    )

    def __init__(self, data: Any = None, *, rows: list[Placeable], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        spots = rows[0].spots if rows else ()
        self.fields["place"].choices = [("", RULES)] + [  # type: ignore[attr-defined]
            (spot.location.code, f"{spot.location.name}: {_said(rows, i)}") for i, spot in enumerate(spots)
        ]
        self.fields["lines"].choices = [(r.line.pk, f"{r.units} × {r.line.sku} {r.line.name}") for r in rows]  # type: ignore[attr-defined]


def _said(rows: list[Placeable], place: int) -> str:
    """What one place could give of each line, in words."""
    if len(rows) == 1:
        return f"{rows[0].spots[place].could} free"
    whole = sum(r.spots[place].could >= r.units for r in rows)
    return "has all of it" if whole == len(rows) else f"has {whole} of {len(rows)} lines whole"


@require_http_methods(["GET", "POST"])
@needs("orders.edit")
def place(request: HttpRequest, number: str) -> HttpResponse:
    order, status = order_or_404(number, request.user), 200
    rows = placeable(order)
    closed = movable_units(order, [r.line for r in rows])
    chosen = next((r.choice for r in rows if r.choice), None)
    form = PlaceForm(request.POST or None, rows=rows, initial={"place": chosen.location.code if chosen else ""})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                messages.success(request, _placed(number, form.cleaned_data, request.user))
                return redirect(order)
            except (Refused, Busy) as refused:
                form.add_error("place" if isinstance(refused, Refused) else None, str(refused))
    context = {"order": order, "rows": rows, "closed": closed, "form": form, "here": "orders"}
    return render(request, "orders/place.html", context, status=status)


def _placed(number: str, given: dict[str, Any], user: Any) -> str:
    """Do what was asked; the sentence to show."""
    if not given["place"]:
        retrying()(let_rules_decide)(number, actor=user, lines=given["lines"])
        return "The routing rules decide again where it comes from."
    retrying()(hold_at)(number, place=given["place"], actor=user, reason=given["reason"], lines=given["lines"])
    return "It is held there, and comes from nowhere else unless a person says so."
