"""Blanket orders: the list, one agreement with what is open, the form, and a release."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory.models import Product
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.events.models import Event
from oms.kernel.clock import business_date, day_bounds
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from oms.ui.lost import Lost
from orders.actions.blanket_keep import Agreement, change_blanket, close_blanket, reopen_blanket, start_blanket
from orders.actions.blanket_release import release_blanket
from orders.forms import AddressForm, Sentences
from orders.forms_standing import AgreedForm, AgreementForm, agreed_forms, complain, lines_of
from orders.models import BlanketOrder, Channel, Order
from orders.standing.agreed import Agreed, agreed_lines, released_of
from orders.views.recurring import chosen_customer, customer_page
from orders.views.typed import channels_for, terms_of
from orders.words import detail as told
from orders.words import said

SOON_DAYS, SHOWN = 30, 50


class BlanketFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Search")
    channel = django_filters.ModelChoiceFilter(
        queryset=Channel.objects.all(), to_field_name="code", label="Channel", empty_label="Any channel"
    )

    class Meta:
        model = BlanketOrder
        fields = ()

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip().replace("\x00", "")
        named = Q(customer__name__icontains=text) | Q(customer__company__icontains=text)
        return rows.filter(Q(number__iexact=text) | Q(customer_po__iexact=text) | named)


def running(rows: QuerySet, user: Any) -> QuerySet:
    return rows.filter(status="open", ends_on__gte=business_date())


def ending(rows: QuerySet, user: Any) -> QuerySet:
    return running(rows, user).filter(ends_on__lte=business_date() + timedelta(days=SOON_DAYS))


class BlanketList(ListPage):
    queryset = BlanketOrder.objects.all()
    name, nouns = "blanket-orders", ("blanket order", "blanket orders")
    template_name, fragment_name = "standing/blanket_list.html", "standing/_blanket_table.html"
    permission, export_permission = "standing.view", "orders.export"
    filterset_class = BlanketFilter
    views: ClassVar = (
        SavedView("open", "Open", running, empty="No blanket orders", empty_why="Agree once, then release order by order."),
        SavedView("ending", "Ending soon", ending, empty="None ends within 30 days"),
        SavedView("over", "Over", lambda rows, user: rows.filter(status="open", ends_on__lt=business_date()), empty="None is over"),
        SavedView("closed", "Closed", lambda rows, user: rows.filter(status="closed"), sort="newest", empty="None is closed"),
        SavedView("all", "All", sort="newest", empty="No blanket orders"),
    )  # fmt: skip
    sorts: ClassVar = {
        "ends": Sort("ending first", ("ends_on", "id"), frozenset(), "Sooner", "Later"),
        "newest": Sort("newest first", ("-id",), frozenset(), "Newer", "Older"),
    }
    columns = (
        Column("Blanket order", lambda b: b.number), Column("Customer", lambda b: str(b.customer)),
        Column("PO", lambda b: b.customer_po), Column("Channel", lambda b: b.channel.name),
        Column("State", lambda b: b.get_status_display()), Column("From", lambda b: b.starts_on), Column("Last day", lambda b: b.ends_on),
        Column("Agreed", lambda b: "; ".join(f"{x.qty} x {x.product.sku} at {x.unit_price:f}" for x in b.lines.all())),
    )  # fmt: skip

    def prefetch(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("customer", "channel").prefetch_related("lines__product")

    def extra(self, rows: list[BlanketOrder]) -> dict[str, Any]:
        released = released_of(row.number for row in rows)
        for row in rows:
            row.agreed = sum(line.qty for line in row.lines.all())  # type: ignore[attr-defined]
            row.released = sum(released.get((row.number, line.product_id), 0) for line in row.lines.all())  # type: ignore[attr-defined]
            row.rest = max(row.agreed - row.released, 0)  # type: ignore[attr-defined]
        return {"here": "standing", "may_change": self.request.user.can("standing.change")}


@require_GET
@needs("standing.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    blanket = _found(request, number)
    lines = agreed_lines(blanket)
    orders = Order.objects.visible_to(request.user).alias(agreement=KT("extra__blanket"))
    orders = orders.filter(extra__has_key="blanket", agreement=number)
    events = Event.objects.filter(stream=number).order_by("-seq")[:SHOWN]
    context = {
        "here": "standing", "blanket": blanket, "lines": lines, "orders": orders.order_by("-placed_at", "-id")[:SHOWN],
        "rest": sum(max(a.open, 0) for a in lines), "worth": sum((a.worth_open for a in lines), Decimal(0)),
        "may_change": request.user.can("standing.change"), "may_see_customer": request.user.can("customers.view"),
        "timeline": [(event, said(event), told(event)) for event in events],
    }  # fmt: skip
    return render(request, "standing/blanket_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs("standing.change")
def new(request: HttpRequest) -> HttpResponse:
    customer = chosen_customer(request)
    if customer is None:
        return customer_page(request, title="New blanket order", back="blanket:list")
    place = customer.usual_address()
    given: dict[str, Any] = {"starts_on": business_date(), "ends_on": business_date() + timedelta(days=365)}
    given["ship"] = {name: getattr(place, name) for name in AddressForm.base_fields} if place else {}
    given |= terms_of(customer, request.user, given["ship"].get("country", ""))
    parts = _forms(request, given, [])
    if request.method == "POST" and _valid(parts):
        try:
            made = retrying()(start_blanket)(customer, _agreement(parts), actor=request.user)
        except (Refused, Busy) as refused:
            parts["said"] = _said(parts["lines"], refused)
        else:
            return redirect(made)
    return _form_page(request, parts, {"customer": customer})


@require_http_methods(["GET", "POST"])
@needs("standing.change")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    blanket = _found(request, number)
    given = {name: getattr(blanket, name) for name in ("starts_on", "ends_on", "customer_po", "payment_terms", "note")}
    given |= {"channel": blanket.channel.code, "ship": blanket.ship_to}
    parts = _forms(request, given, [(line.product, line.qty, line.unit_price) for line in blanket.lines.all()])
    seen = request.POST.get("seen", "") or str(blanket.version)
    if request.method == "POST" and _valid(parts):
        try:
            version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
            retrying()(change_blanket)(number, _agreement(parts), seen=version, actor=request.user)
        except (Refused, Busy) as refused:
            parts["said"] = _said(parts["lines"], refused)
        else:
            return redirect(blanket)
    return _form_page(request, parts, {"customer": blanket.customer, "blanket": blanket, "seen": seen})


@step_of("blanket:detail", "number")
@needs("standing.change")
def moves(request: HttpRequest, number: str) -> HttpResponse:
    blanket, asked = _found(request, number), request.POST.get("move", "")
    with shown_as_message(request, "Open again." if asked == "reopen" else "Closed. What was released goes on."):
        if asked not in ("close", "reopen"):
            raise Refused("move_unknown", "That button does not exist here; open the page again.")
        retrying()(reopen_blanket if asked == "reopen" else close_blanket)(number, actor=request.user)
    return redirect(blanket)


class ReleaseForm(Sentences):
    """When a release goes, and a note for it."""

    promised_on = forms.DateField(
        label="Promised for", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Dispatch by the end of this day; empty: the channel's usual time.",
    )  # fmt: skip
    note = forms.CharField(label="Note", max_length=4000, required=False, widget=forms.Textarea({"rows": 2}))

    def clean_promised_on(self) -> Any:
        day = self.cleaned_data["promised_on"]
        if day and day < business_date():
            raise forms.ValidationError("That day is over; promise today or a later day.")
        return day


class UnitsForm(Sentences):
    """How many units of one agreed line; empty: none."""

    qty = forms.CharField(
        label="Release", max_length=9, required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )

    def __init__(self, *args: Any, agreed: Agreed, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"units-{agreed.line.product_id}", **kwargs)
        self.agreed = agreed
        self.fields["qty"].label = f"Release, {agreed.line.product.sku}"
        self.fields["qty"].disabled = agreed.open <= 0

    def clean_qty(self) -> int:
        text = (self.cleaned_data["qty"] or "").strip() or "0"
        if not text.isdecimal():
            raise forms.ValidationError("Write a whole number of units.")
        if int(text) > max(self.agreed.open, 0):
            raise forms.ValidationError(f"{max(self.agreed.open, 0)} are open; change the agreement to release more.")
        return int(text)


@require_http_methods(["GET", "POST"])
@needs("standing.change")
def release(request: HttpRequest, number: str) -> HttpResponse:
    blanket = _found(request, number)
    post = request.POST if request.method == "POST" else None
    units = [UnitsForm(post, agreed=a) for a in agreed_lines(blanket)]
    head = ReleaseForm(post, prefix="head")
    ship = AddressForm(post, prefix="ship", initial=blanket.ship_to, known_country=blanket.ship_to.get("country", ""))
    text = ""
    if post is not None and not [form for form in (*units, head, ship) if not form.is_valid()]:
        day = head.cleaned_data["promised_on"]
        try:
            order = retrying()(release_blanket)(
                number, {f.agreed.line.product_id: f.cleaned_data["qty"] for f in units}, key=_key(post), actor=request.user,
                ship_to={k: v for k, v in ship.cleaned_data.items() if v}, customer_note=head.cleaned_data["note"],
                promised_at=day_bounds(day)[1] - timedelta(minutes=1) if day else None,
            )  # fmt: skip
        except (Refused, Busy) as refused:
            text = str(refused)
        else:
            messages.success(request, f"{order.number} is placed from {number}.")
            return redirect(order)
    if first := next((form for form in units if not form.fields["qty"].disabled), None):
        first.fields["qty"].widget.attrs["autofocus"] = True
    context = {
        "here": "standing", "blanket": blanket, "units": units, "head": head, "ship": ship, "said": text,
        "key": _key(request.POST), "wrong": sum(len(f.errors) for f in (*units, head, ship) if f.is_bound),
    }  # fmt: skip
    return render(request, "standing/blanket_release.html", context, status=422 if post is not None else 200)


def _key(post: Any) -> str:
    try:
        return UUID(post.get("key", "")).hex
    except ValueError:
        return uuid4().hex


def _found(request: HttpRequest, number: str) -> BlanketOrder:
    rows = BlanketOrder.objects.visible_to(request.user).select_related("customer", "channel")
    found = rows.prefetch_related("lines__product").filter(number=number).first()
    if found is None:
        raise Lost(f"No blanket order {number[:60]}", search=number[:60])
    return found


def _forms(request: HttpRequest, given: dict[str, Any], lines: list[tuple[Product, int, Decimal]]) -> dict[str, Any]:
    post = request.POST if request.method == "POST" else None
    channels = channels_for(request.user)
    if (code := given.get("channel")) and code not in {c.code for c in channels}:
        channels += Channel.objects.filter(code=code, is_active=True)
    ship = given.get("ship", {})
    return {
        "terms": AgreementForm(post, prefix="terms", initial=given, channels=channels), "lines": agreed_forms(post, lines),
        "ship": AddressForm(post, prefix="ship", initial=ship, known_country=ship.get("country", "")), "said": "",
    }  # fmt: skip


def _valid(parts: dict[str, Any]) -> bool:
    """Check every form, so that every complaint shows at once."""
    whole = [parts["terms"], parts["ship"], *parts["lines"]]
    good = not [form for form in whole if not form.is_valid()]
    if parts["lines"] and not any(f.cleaned_data.get("sku") or f.errors for f in parts["lines"]):
        parts["lines"][0].add_error("sku", "Add at least one product.")
        return False
    return good and bool(parts["lines"])


def _agreement(parts: dict[str, Any]) -> Agreement:
    data = parts["terms"].cleaned_data
    filled: list[AgreedForm] = [f for f in parts["lines"] if f.cleaned_data.get("sku")]
    rows = zip(lines_of(filled), filled, strict=True)
    return Agreement(
        channel=parts["terms"].channels[data["channel"]],
        lines=[(sku, qty, f.cleaned_data["price"]) for (sku, qty), f in rows], starts_on=data["starts_on"],
        ends_on=data["ends_on"], ship_to={k: v for k, v in parts["ship"].cleaned_data.items() if v},
        customer_po=data["customer_po"], payment_terms=data["payment_terms"], note=data["note"],
    )  # fmt: skip


def _said(lines: list[AgreedForm], refused: Refused | Busy) -> str:
    left = complain(lines, getattr(refused, "reasons", ()))
    return " ".join(left) if left or isinstance(refused, Refused) else str(refused)


def _form_page(request: HttpRequest, parts: dict[str, Any], more: dict[str, Any]) -> HttpResponse:
    whole = [parts["terms"], parts["ship"], *parts["lines"]]
    wrong = sum(len(form.errors) for form in whole if form.is_bound)
    context = {"here": "standing", "wrong": wrong, **parts, **more}
    return render(request, "standing/blanket_form.html", context, status=422 if request.method == "POST" else 200)
