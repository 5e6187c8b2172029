"""Assemblies: the list, the form, the page of one and its moves."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory import assembling
from inventory.actions.assemblies.end import cancel_assembly, close_assembly
from inventory.actions.assemblies.make import finish_units, start_assembly
from inventory.actions.assemblies.plan import move_day, plan_assembly
from inventory.filters import places
from inventory.forms_assembly import AssemblyForm
from inventory.models import Assembly, Product
from inventory.states import MAKING, AssemblyStatus
from inventory.transferring import only_at
from inventory.views.typed import day_of, whole
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import business_date
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class AssemblyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=AssemblyStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="At", empty_label="At any location"
    )

    class Meta:
        model = Assembly
        fields = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        return rows.filter(number__iexact=text) | rows.filter(product__sku__iexact=text)


class AssemblyList(ListPage):
    queryset = Assembly.objects.all()
    name, nouns = "assemblies", ("assembly", "assemblies")
    template_name, fragment_name = "assemblies/assembly_list.html", "assemblies/_table.html"
    permission = "inventory.view"
    export_permission = "inventory.adjust"
    filterset_class = AssemblyFilter
    views = (
        SavedView("making", "To make", lambda rows, user: rows.making(), empty="Nothing is to be made",
                  empty_why="Plan an assembly; orders that wait for the product get its day."),
        SavedView("overdue", "Overdue", lambda rows, user: rows.overdue(business_date()), tone="late",
                  empty="Nothing is overdue"),
        SavedView("all", "All", sort="newest", empty="No assemblies yet", empty_why="Plan the first one."),
    )  # fmt: skip
    sorts = {
        "day": Sort("earliest day first", ("eta",), back="Earlier", on="Later"),
        "newest": Sort("newest first", ("-id",), back="Newer", on="Older"),
    }
    columns = (
        Column("Number", lambda a: a.number),
        Column("SKU", lambda a: a.product.sku),
        Column("At", lambda a: a.location.code),
        Column("State", lambda a: a.get_status_display()),
        Column("Made by", lambda a: a.eta),
        Column("Units", lambda a: a.qty),
        Column("Made", lambda a: a.qty_done),
        Column("Why", lambda a: a.end_reason),
    )

    def prefetch(self, rows):
        return rows.select_related("product", "location")

    def extra(self, rows):
        return {"may_edit": self.request.user.can("inventory.adjust"), "today": business_date(), "here": "assemblies"}


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def new(request: HttpRequest) -> HttpResponse:
    """The form; `?sku=` begins it with what that SKU was made of the last time."""
    sku = request.GET.get("sku", "").replace("\x00", "")[:80]
    product = Product.objects.filter(sku=sku).first() if sku else None
    parts, status = (assembling.last_parts(product) if product else []), 200
    here = places(request).filter(is_active=True)
    form = AssemblyForm(request.POST or None, places=here, parts=parts, initial={"sku": sku})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = retrying()(plan_assembly)(
                    data["sku"].strip(), qty=data["units"], location=data["location"].code, eta=data["eta"],
                    parts=form.wishes, actor=request.user, note=data["note"],
                )  # fmt: skip
            except (Refused, Busy) as refused:
                form.add_error(None, str(refused))
            else:
                return redirect(made)
    return render(request, "assemblies/assembly_form.html", {"form": form, "here": "assemblies"}, status=status)


@require_GET
@needs("inventory.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    assembly = _find(request, number)
    needed, moves = assembling.needs_of(assembly), assembling.offers(assembly, request.user)
    context = {
        "assembly": assembly, "needs": needed, "answer": assembling.answer(assembly, needed), "moves": moves,
        "closed_moves": [offer for offer in moves.values() if not offer.is_open], "here": "assemblies",
        "timeline": assembling.timeline(assembly), "may_edit": request.user.can("inventory.adjust"),
        "making": assembly.status in MAKING,
    }  # fmt: skip
    return render(request, "assemblies/assembly_detail.html", context)


@step_of("assemblies:detail", "number")
@needs("inventory.adjust")
def move(request: HttpRequest, number: str) -> HttpResponse:
    assembly = _find(request, number)
    name, given, who = request.POST.get("move", ""), request.POST, request.user
    reason = given.get("reason", "")
    runs: dict[str, tuple[Callable[[], Any], str]] = {
        "start": (lambda: start_assembly(number, actor=who), "Begun. Its components are off the shelf."),
        "finish": (lambda: finish_units(number, qty=whole(given.get("qty", "")), actor=who),
                   "Handed in. Waiting orders get them, oldest first."),
        "day": (lambda: move_day(number, eta=day_of(given.get("eta", "")), reason=reason, actor=who),
                "The day is noted. Promises to customers follow."),
        "close": (lambda: close_assembly(number, reason=reason, actor=who),
                  "Closed short. The components of the rest are back on the shelf."),
        "cancel": (lambda: cancel_assembly(number, reason=reason, actor=who), "Called off."),
    }  # fmt: skip
    if name not in runs:
        raise Http404
    run, done = runs[name]
    with shown_as_message(request, done):
        if elsewhere := only_at(assembly.location, who):
            raise Refused.because([elsewhere])
        retrying()(run)()
    return redirect(assembly)


def _find(request: HttpRequest, number: str) -> Assembly:
    assembly = assembling.load_assembly(request.user, number)
    if assembly is None:
        raise Http404
    return assembly
