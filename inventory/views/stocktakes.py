"""Stocktakes: begin one, count at the station, look at the differences, post them."""

import uuid
from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory import stocktaking
from inventory.actions.stocktakes.end import cancel_stocktake
from inventory.actions.stocktakes.finish import count_on, finish_counting
from inventory.actions.stocktakes.judge import leave_uncounted, say_none
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.post import post_stocktake
from inventory.actions.stocktakes.scan import count_units, undo_units
from inventory.filters import places
from inventory.forms_stocktake import StocktakeForm
from inventory.models import Stocktake
from inventory.states import StocktakeStatus
from inventory.views.typed import key_of, whole
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.csvout import stream
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.plural import plural
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from oms.ui.lost import Lost


class StocktakeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=StocktakeStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="At", empty_label="At any location"
    )

    class Meta:
        model = Stocktake
        fields = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        of_sku = Stocktake.objects.filter(lines__product__sku__iexact=text).values("pk")
        return rows.filter(number__iexact=text) | rows.filter(pk__in=of_sku)


class StocktakeList(ListPage):
    queryset = Stocktake.objects.all()
    name, nouns = "stocktakes", ("stocktake", "stocktakes")
    template_name, fragment_name = "stocktakes/stocktake_list.html", "stocktakes/_table.html"
    permission = "inventory.view"
    export_permission = "inventory.adjust"
    filterset_class = StocktakeFilter
    views = (
        SavedView("open", "Under way", lambda rows, user: rows.under_way(), empty="Nothing is being counted",
                  empty_why="Begin a stocktake: a whole place, a list, or what was not counted for longest."),
        SavedView("all", "All", sort="newest", empty="No stocktakes yet", empty_why="Begin the first one."),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("longest in this state first", ("status_since",), back="Longer", on="Shorter"),
        "newest": Sort("newest first", ("-id",), back="Newer", on="Older"),
    }
    columns = (
        Column("Number", lambda s: s.number),
        Column("At", lambda s: s.location.code),
        Column("State", lambda s: s.get_status_display()),
        Column("What", lambda s: s.get_scope_display()),
        Column("SKUs counted", lambda s: s.qty_counted),
        Column("Begun", lambda s: s.created_at),
        Column("By", lambda s: s.created_by),
        Column("Note", lambda s: s.note),
    )

    def prefetch(self, rows):
        return rows.select_related("location")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"here": "stock", "may_edit": self.request.user.can("inventory.adjust")}


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def new(request: HttpRequest) -> HttpResponse:
    form = StocktakeForm(request.POST or None, places=places(request).filter(is_active=True))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = retrying()(open_stocktake)(
                    form.cleaned_data["location"].code, actor=request.user, **form.wished
                )  # fmt: skip
            except (Refused, Busy) as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("stocktakes:station", made.number)
    return render(request, "stocktakes/stocktake_form.html", {"form": form, "here": "stock"}, status=status)


@require_GET
@needs("inventory.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """While it is counted, how far it is; then the differences. While a worker posts, htmx gets how far that is."""
    stocktake = _find(request, number)
    is_counting, is_posting = (stocktake.status == s for s in (StocktakeStatus.COUNTING, StocktakeStatus.POSTING))
    posting = None if is_counting else stocktake.postings.first()
    if request.htmx:  # type: ignore[attr-defined]
        answer = render(request, "stocktakes/_posting.html", {"stocktake": stocktake, "posting": posting})
        if not is_posting:
            answer["HX-Refresh"] = "true"  # it is through: the differences and the actions change with it
        return answer
    context = {
        "stocktake": stocktake, "timeline": stocktaking.timeline(stocktake), "here": "stock", "lines": stocktake.lines.count(),
        "review": None if is_counting or is_posting else stocktaking.review(stocktake), "posting": posting,
        "may_edit": request.user.can("inventory.adjust"),
    }  # fmt: skip
    return render(request, "stocktakes/stocktake_detail.html", context)


@require_GET
@needs("inventory.view")
def differences(request: HttpRequest, number: str) -> HttpResponse | StreamingHttpResponse:
    """Every difference as CSV. Refused while people count: they must not know what the books expect."""
    stocktake = _find(request, number)
    if stocktake.status == StocktakeStatus.COUNTING:
        messages.error(request, f"{number} is being counted. What the books expect is shown when the counting is done.")
        return redirect(stocktake)
    head = ("SKU", "Name", "Counted", "Should be there", "Difference", "Value", "Currency", "Counted by", "Result")
    rows = (
        (v.line.product.sku, v.line.product.name, v.line.counted, v.line.shelf, v.line.delta, v.value, v.currency, v.who,
         v.result[1] or v.again or v.line.refusal)
        for v in stocktaking.variances(stocktake)
    )  # fmt: skip
    answer = StreamingHttpResponse(stream(head, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{number}-differences.csv"'
    return answer


@require_GET
@needs("inventory.adjust")
def station(request: HttpRequest, number: str) -> HttpResponse:
    stocktake = _find(request, number)
    if stocktake.status != StocktakeStatus.COUNTING:
        return redirect(stocktake)
    context = {"stocktake": stocktake, "key": uuid.uuid4(), "foreign": stocktaking.FOREIGN}
    return render(request, "stocktakes/station.html", context | stocktaking.station(stocktake, request.user))


@step_of("stocktakes:station", "number")
@needs("inventory.adjust")
def step(request: HttpRequest, number: str) -> HttpResponse:
    """One step at the station, and back to it; what is refused is said on the next page."""
    _find(request, number)
    given = request.POST
    with shown_as_message(request):
        match given.get("step", ""):
            case "scan":
                retrying()(count_units)(
                    number, code=given.get("code", ""), key=key_of(given.get("key", "")),
                    qty=whole(given.get("qty", "").strip() or "1", otherwise=-1), actor=request.user,
                )  # fmt: skip
            case "undo":
                retrying()(undo_units)(number, actor=request.user)
            case _:
                raise Refused("step_unknown", "Use one of the buttons on the page.")
    return redirect("stocktakes:station", number)


@step_of("stocktakes:detail", "number")
@needs("inventory.adjust")
def decision(request: HttpRequest, number: str) -> HttpResponse:
    """What becomes of the stocktake or of one SKU of it, by the button that was pressed."""
    stocktake = _find(request, number)
    act = ACTS.get(request.POST.get("how", ""))
    with shown_as_message(request):
        if act is None:
            raise Refused("how_unknown", "Use one of the buttons on the page.")
        if said := act(request, number):
            messages.success(request, said)
    stocktake.refresh_from_db()
    if request.POST.get("how") in ("again", "on") and stocktake.status == StocktakeStatus.COUNTING:
        return redirect("stocktakes:station", number)
    return redirect(stocktake)


def _done(request: HttpRequest, number: str) -> str:
    retrying()(finish_counting)(number, actor=request.user)
    return "Counting is done. Look at the differences, then post them."


def _again(request: HttpRequest, number: str) -> str:
    sku = request.POST.get("sku", "")[:80]
    retrying()(count_on)(number, sku=sku, actor=request.user)
    return f"Count {sku} again: all of it that lies there." if sku else ""


def _leave(request: HttpRequest, number: str) -> str:
    sku = request.POST.get("sku", "")[:80]
    retrying()(leave_uncounted)(number, sku=sku, actor=request.user)
    return f"{sku} is left uncounted."


def _none(request: HttpRequest, number: str) -> str:
    skus = None if "every" in request.POST else request.POST.getlist("sku")
    found = retrying()(say_none)(number, skus=skus, actor=request.user)
    return f"{plural(found, 'SKU')} counted as none. Look at the differences; nothing is posted yet."


def _post(request: HttpRequest, number: str) -> str:
    found = post_stocktake(number, actor=request.user)
    if found is None:
        return ""  # the page says how far it is
    said = f"{plural(found.posted, 'SKU')} corrected, {found.agreed} agreed."
    if found.waits:
        said += f" {found.waits} differ so much that a second person approves them first (Stock, Counts)."
    if found.left:
        said += f" {found.left} could not be posted; each says why."
    return said


def _cancel(request: HttpRequest, number: str) -> str:
    retrying()(cancel_stocktake)(number, reason=request.POST.get("reason", ""), actor=request.user)
    return "Thrown away. Nothing of it is posted."


ACTS: dict[str, Callable[[HttpRequest, str], str]] = {
    "done": _done, "on": _again, "again": _again, "leave": _leave, "none": _none, "post": _post, "cancel": _cancel,
}  # fmt: skip


def _find(request: HttpRequest, number: str) -> Stocktake:
    stocktake = stocktaking.load_stocktake(request.user, number)
    if stocktake is None:
        raise Lost(f"No stocktake {number[:60]}", search=number[:60])
    return stocktake
