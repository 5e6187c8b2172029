"""The fair-share desk: more is wanted than there is; who gets it, by which rule, and why."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from inventory.actions.ration import ration
from inventory.models import Location, Product
from inventory.promising import open_supply
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from orders.actions.share import share_out
from orders.models import Order, Priority, ShareDecision
from orders.sharing.desk import rows
from orders.sharing.picture import Ask, Picture, is_scarce, may_gain, picture_of, undecided
from orders.sharing.proposals import Proposal, ShareRule, proposals

SHOWN = 100
KIT = "A kit is shared out by its components, each on its own page here."
ELSEWHERE = "Some of these orders belong to channels you do not see. Somebody who sees all channels decides."


class DecisionForm(forms.Form):
    rule = forms.ChoiceField(label="Proposal", choices=ShareRule.choices)
    reason = forms.CharField(
        max_length=300, help_text="Every order that gains or loses shows it.", widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class RationingForm(forms.Form):
    """Whether scarce units wait for the desk; `places` are the codes of where, when not everywhere."""

    on = forms.ChoiceField(
        label="When units arrive and more is wanted",
        choices=[
            ("no", "Oldest first, by itself"), ("yes", "A decision here, wherever they lie"),
            ("places", "A decision here for what lies at these places only"),
        ],
        widget=forms.RadioSelect,
    )  # fmt: skip
    places = forms.MultipleChoiceField(label="Places", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, product: Product) -> None:
        ours = list(Location.objects.ours().filter(is_active=True).order_by("rank", "code"))
        on = "no" if not product.is_rationed else "places" if product.rationed_at else "yes"
        chosen = [place.code for place in ours if place.pk in product.rationed_at]
        super().__init__(data, initial={"on": on, "places": chosen})
        self.fields["places"].choices = [(place.code, place.name) for place in ours]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("on") == "places" and not data.get("places"):
            self.add_error("places", "Tick the places where units wait for a decision, or choose one of the other two.")
        return data


@dataclass(frozen=True)
class Line:
    """One asking line on the page: what it would have by each proposal, and how many units more that is."""

    ask: Ask
    priority: str
    only_at: str
    cells: list[tuple[ShareRule, int, int]]


@require_GET
@needs("orders.view")
def desk(request: HttpRequest) -> HttpResponse:
    if sku := request.GET.get("sku", "").replace("\x00", ""):
        return redirect("orders:share", get_object_or_404(Product, sku=sku).pk)
    found, total = rows()
    return render(request, "orders/share_list.html", {"rows": found, "total": total, "here": "waiting"})


@require_GET
@needs("orders.view")
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Product, pk=pk))


@step_of("orders:share", "pk")
@needs("orders.share")
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, product, form, status=422)
    given = form.cleaned_data
    with shown_as_message(request):
        if _hidden(request.user, picture_of(product)):
            messages.error(request, ELSEWHERE)
            return redirect("orders:share", pk)
        made = retrying()(share_out)(
            product.sku, rule=given["rule"], seen=given["seen"], reason=given["reason"], actor=request.user
        )
        messages.success(
            request,
            f"{made.number}: {product.sku} is shared out. Every order that gained or lost says so, with your reason.",
        )
    return redirect("orders:share", pk)


@step_of("orders:share", "pk")
@needs("orders.share")
def rationing(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = RationingForm(request.POST, product=product)
    if not form.is_valid():
        return _page(request, product, rationing=form, status=422)
    given = form.cleaned_data
    on, places = given["on"] != "no", given["places"] if given["on"] == "places" else ()
    where = " or ".join(dict(form.fields["places"].choices)[code] for code in places)  # type: ignore[attr-defined]
    waits = f"Scarce units at {where} wait" if where else "Scarce units wait"
    said = f"{waits} here for a decision." if on else "The queue is served as units come."
    with shown_as_message(request, f"{product.sku}: {said}"):
        ration(product.sku, on=on, places=places, actor=request.user)
    return redirect("orders:share", pk)


def _page(
    request: HttpRequest, product: Product, form: DecisionForm | None = None, rationing: RationingForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    picture = picture_of(product)
    found = proposals(picture)
    first = next((p for p in found if any(p.change(a) for a in p.asks)), None)
    hidden = _hidden(request.user, picture)
    context = {
        "picture": picture, "proposals": found, "here": "waiting", "product": product, "scarce": is_scarce(picture),
        "lines": _lines(picture, found, hidden), "more": max(len(picture.asks) - SHOWN, 0) + picture.beyond,
        "pool": [(picture.places[place], qty, picture.free.get(place, 0)) for place, qty in picture.pool.items() if qty],
        "coming": sorted(open_supply([product.pk]), key=lambda c: c.eta)[:5], "hidden": hidden,
        "at_desk": sum(picture.free.get(place, 0) for place in undecided(picture)),
        "rationing": rationing or RationingForm(product=product),
        "where": [name for place, name in picture.places.items() if place in product.rationed_at],
        "form": form or DecisionForm(initial={"rule": first and first.rule, "seen": picture.version}),
        "nobody": KIT if product.is_kit else "No open order lacks units of this SKU.",
        "may_share": request.user.can("orders.share"), "moves": first is not None, "elsewhere": ELSEWHERE,
        "astray": bool(picture.free) and not any(picture.free.keys() & set(a.places) for a in picture.asks if a.waiting),
        "apart": bool(picture.free) and not may_gain(picture),
        "decisions": [(d, ShareRule(d.rule).label) for d in ShareDecision.objects.filter(product=product)[:10]],
    }  # fmt: skip
    return render(request, "orders/share.html", context, status=status)


def _hidden(user: Any, picture: Picture) -> set[str]:
    """Numbers of asking orders that this person may not see."""
    if not user.channel_codes:
        return set()
    numbers = {a.number for a in picture.asks}
    return numbers - set(Order.objects.visible_to(user).filter(number__in=numbers).values_list("number", flat=True))


def _lines(picture: Picture, found: list[Proposal], hidden: set[str]) -> list[Line]:
    everywhere, lines = {*picture.pool, *picture.free}, []
    for ask in [a for a in picture.asks if a.number not in hidden][:SHOWN]:
        may = everywhere & set(ask.places)
        only = ", ".join(picture.places[p] for p in ask.places if p in may) if may != everywhere else ""
        cells = [(p.rule, p.units(ask.line_id), p.change(ask)) for p in found]
        lines.append(Line(ask, Priority(ask.priority).label if ask.priority < Priority.NORMAL else "", only, cells))
    return lines
