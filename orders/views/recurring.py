"""Recurring orders: the list, one schedule with its days to come, the form, and one day's own contents."""

from datetime import date, timedelta
from typing import Any, ClassVar

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from inventory.models import Product
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.events.models import Event
from oms.kernel.clock import business_date, now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from orders.actions._recurring import require_open
from orders.actions.recurring_place import is_too_late, place_next
from orders.actions.recurring_run import keep_run, set_contents, skip_run
from orders.actions.recurring_start import Terms, change_recurring, start_recurring
from orders.actions.recurring_state import end_recurring, pause_recurring, resume_recurring
from orders.forms import AddressForm
from orders.forms_amend import plain
from orders.forms_standing import RhythmForm, StandingTermsForm, complain, line_forms, lines_of
from orders.models import Channel, Customer, Order, RecurringOrder
from orders.moves import TEAM_LABELS
from orders.selectors import order_or_404
from orders.standing.contents import contents_of
from orders.standing.selectors import days_ahead, recurring_or_404, runs_done
from orders.views.typed import channels_for, find_customers, terms_of
from orders.words import detail as told
from orders.words import said

SOON_DAYS, SHOWN_EVENTS = 7, 40


class RecurringFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Search")
    channel = django_filters.ModelChoiceFilter(
        queryset=Channel.objects.all(), to_field_name="code", label="Channel", empty_label="Any channel"
    )

    class Meta:
        model = RecurringOrder
        fields = ()

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip().replace("\x00", "")
        named = Q(customer__name__icontains=text) | Q(customer__company__icontains=text)
        return rows.filter(Q(number__iexact=text) | named | Q(lines__product__sku__iexact=text)).distinct()


def due_soon(rows: QuerySet, user: Any) -> QuerySet:
    return rows.filter(status="active", next_on__lte=business_date() + timedelta(days=SOON_DAYS))


class RecurringList(ListPage):
    queryset = RecurringOrder.objects.all()
    name, nouns = "recurring-orders", ("recurring order", "recurring orders")
    template_name, fragment_name = "standing/recurring_list.html", "standing/_recurring_table.html"
    permission, export_permission = "standing.view", "orders.export"
    filterset_class = RecurringFilter
    views: ClassVar = (
        SavedView("active", "Active", lambda rows, user: rows.filter(status="active"), empty="No recurring orders",
                  empty_why="Start one from an order with “Repeat every…”, or with New recurring order."),
        SavedView("soon", "Due soon", due_soon, empty="Nothing is due within a week"),
        SavedView("failing", "Failing", lambda rows, user: rows.failing(), tone="late", empty="Every order that was due is placed"),
        SavedView("paused", "Paused", lambda rows, user: rows.filter(status="paused"), empty="None is paused"),
        SavedView("ended", "Ended", lambda rows, user: rows.filter(status="ended"), sort="newest", empty="None has ended"),
        SavedView("all", "All", sort="newest", empty="No recurring orders"),
    )  # fmt: skip
    sorts: ClassVar = {
        "next": Sort("next order first", ("next_on", "id"), frozenset({"next_on"}), "Sooner", "Later"),
        "newest": Sort("newest first", ("-id",), frozenset(), "Newer", "Older"),
    }
    columns = (
        Column("Recurring order", lambda r: r.number), Column("Customer", lambda r: str(r.customer)),
        Column("Channel", lambda r: r.channel.name), Column("Rhythm", lambda r: r.rhythm.words()),
        Column("State", lambda r: r.get_status_display()), Column("Next order", lambda r: r.next_on),
        Column("Contents", lambda r: "; ".join(f"{x.qty} x {x.product.sku}" for x in r.lines.all())),
        Column("Could not be placed because", lambda r: r.failure),
    )  # fmt: skip

    def prefetch(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("customer", "channel").prefetch_related("lines__product")

    def extra(self, rows: list[RecurringOrder]) -> dict[str, Any]:
        for row in rows:
            row.closes = row.closes_at(row.next_on) if row.next_on else None  # type: ignore[attr-defined]
            row.team = TEAM_LABELS.get(row.owner_team, "")  # type: ignore[attr-defined]
        return {"here": "standing", "may_change": self.request.user.can("standing.change")}


@require_GET
@needs("standing.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    recurring = recurring_or_404(number, request.user)
    events = Event.objects.filter(stream=recurring.number).order_by("-seq")[:SHOWN_EVENTS]
    context = {
        "here": "standing", "recurring": recurring, "days": days_ahead(recurring),
        "is_tried_again": recurring.next_on is not None and not is_too_late(recurring.next_on), "runs": runs_done(recurring),
        "team": TEAM_LABELS.get(recurring.owner_team, ""), "may_change": request.user.can("standing.change"),
        "may_see_customer": request.user.can("customers.view"),
        "timeline": [(event, said(event), told(event)) for event in events],
    }  # fmt: skip
    return render(request, "standing/recurring_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs("standing.change")
def new(request: HttpRequest) -> HttpResponse:
    """First whose, then what: `order` copies a former order, `customer` starts with an empty one."""
    source = order_or_404(text, request.user) if (text := request.GET.get("order", "")) else None
    customer = source.customer if source else chosen_customer(request)
    if customer is None:
        return customer_page(request, title="New recurring order", back="standing:list", nobody=source is not None)
    post = request.POST if request.method == "POST" else None
    forms = _forms(request, post, _copied(source, customer, request.user), _lines_of_order(source))
    if post is not None and _valid(forms):
        try:
            made = retrying()(start_recurring)(customer, _terms(forms), actor=request.user)
        except (Refused, Busy) as refused:
            forms["said"] = _said(forms, refused)
        else:
            on = made.next_on  # today's hour may be past: the first day is another one than the form's
            first = f" Its first order is placed on {on:%a} {on.day} {on:%b} at {made.place_hour}:00." if on else ""
            messages.success(request, f"{made.number} is started.{first}")
            return redirect(made)
    return _form_page(request, forms, {"customer": customer, "source": source})


@require_http_methods(["GET", "POST"])
@needs("standing.change")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    recurring = recurring_or_404(number, request.user)
    post = request.POST if request.method == "POST" else None
    forms = _forms(request, post, _stored(recurring), [(line.product, line.qty) for line in recurring.lines.all()])
    if post is not None and _valid(forms):
        seen = post.get("seen", "")
        try:
            retrying()(change_recurring)(
                number, _terms(forms, recurring), actor=request.user, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0
            )  # fmt: skip
        except (Refused, Busy) as refused:
            forms["said"] = _said(forms, refused)
        else:
            return redirect(recurring)
    seen = request.POST.get("seen", "") or str(recurring.version)
    return _form_page(request, forms, {"customer": recurring.customer, "recurring": recurring, "seen": seen})


@step_of("standing:detail", "number")
@needs("standing.change")
def moves(request: HttpRequest, number: str) -> HttpResponse:
    """Pause, resume, end, or place the order that could not be placed by itself."""
    recurring = recurring_or_404(number, request.user)
    asked, reason = request.POST.get("move", ""), request.POST.get("reason", "")
    act = {
        "pause": (lambda: pause_recurring(number, reason=reason, actor=request.user), "Paused: nothing is placed until you resume it."),
        "resume": (lambda: resume_recurring(number, actor=request.user), "Resumed."),
        "end": (lambda: end_recurring(number, reason=reason, actor=request.user), "Ended. The orders it placed are untouched."),
        "place": (lambda: place_next(number, actor=request.user, by_hand=True), ""),
    }.get(asked)  # fmt: skip
    with shown_as_message(request, act[1] if act else ""):
        if act is None:
            raise Refused("move_unknown", "That button does not exist here; open the page again.")
        made = retrying()(act[0])()
        if isinstance(made, Order):
            messages.success(request, f"{made.number} is placed.")
            return redirect(made)
    return redirect(recurring)


@require_http_methods(["GET", "POST"])
@needs("standing.change")
def run(request: HttpRequest, number: str, day: str) -> HttpResponse:
    """Other contents for one day."""
    recurring, on = recurring_or_404(number, request.user), _day(day)
    mine = recurring.runs.filter(run_on=on).first()
    contents = contents_of(recurring, mine)
    products = Product.objects.in_bulk([product for product, _ in contents])
    post = request.POST if request.method == "POST" else None
    lines = line_forms(post, [(products[product], qty) for product, qty in contents])
    said_, closed = [], ""
    try:
        require_open(recurring, on)
    except Refused as refused:
        closed = refused.message
    if post is not None and ("usual" in post or not [form for form in lines if not form.is_valid()]):
        wanted = [] if "usual" in post else lines_of(lines)
        if not wanted and "usual" not in post:
            lines[0].add_error("sku", "Add at least one product, or skip the day.")
        else:
            try:
                retrying()(set_contents)(number, on=on, lines=wanted, actor=request.user)
            except (Refused, Busy) as refused:
                said_ = complain(lines, getattr(refused, "reasons", ())) or [str(refused)]
            else:
                return redirect(recurring)
    context = {
        "here": "standing", "recurring": recurring, "on": on, "lines": lines, "said": " ".join(said_), "closed": closed,
        "closes_at": recurring.closes_at(on), "is_late": not closed and recurring.closes_at(on) < now(),
        "has_own": bool(mine and mine.contents is not None),
        "wrong": any(form.errors for form in lines if form.is_bound),
    }  # fmt: skip
    return render(request, "standing/recurring_run.html", context, status=422 if post is not None else 200)


@step_of("standing:detail", "number")
@needs("standing.change")
def skip(request: HttpRequest, number: str, day: str) -> HttpResponse:
    """Skip a day, or take the skip back."""
    recurring, on = recurring_or_404(number, request.user), _day(day)
    back = request.POST.get("back") == "1"
    with shown_as_message(request, f"{on:%a %-d %b} is {'placed after all' if back else 'skipped'}."):
        retrying()(keep_run if back else skip_run)(number, on=on, actor=request.user)
    return redirect(recurring)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def customer_page(request: HttpRequest, *, title: str, back: str, nobody: bool = False) -> HttpResponse:
    """Whose it is to be: search, then choose."""
    text = request.GET.get("q", "")
    found = find_customers(text, request.user) if text.strip() else None
    context = {"here": "standing", "q": text, "found": found, "nobody": nobody, "title": title, "back": reverse(back)}
    return render(request, "standing/choose_customer.html", context)


def chosen_customer(request: HttpRequest) -> Customer | None:
    return Customer.objects.staying(request.GET.get("customer", ""), request.user)


def _lines_of_order(order: Order | None) -> list[tuple[Product, int]]:
    """What is still wanted of a former order, each product once."""
    if order is None:
        return []
    sums: dict[Product, int] = {}
    for line in order.lines.select_related("product"):
        if line.product and line.qty_ordered > line.qty_cancelled:
            sums[line.product] = sums.get(line.product, 0) + line.qty_ordered - line.qty_cancelled
    return list(sums.items())


def _copied(order: Order | None, customer: Customer, user: Any) -> dict[str, Any]:
    start: dict[str, Any] = {"starts_on": business_date() + timedelta(days=1), "weekday": business_date().weekday()}
    start["month_day"] = business_date().day
    if order is None:
        place = customer.usual_address()
        ship = {name: getattr(place, name) for name in AddressForm.base_fields} if place else {}
        return start | terms_of(customer, user, ship.get("country", "")) | {"ship": ship}
    return start | {
        "channel": order.channel.code, "payment_terms": order.payment_terms, "shipping": plain(order.shipping_total),
        "note": order.customer_note, "ship": order.ship_to, "customer_po": order.customer_po,
    }  # fmt: skip


def _stored(recurring: RecurringOrder) -> dict[str, Any]:
    names = (
        "payment_terms",
        "shipping",
        "note",
        "customer_po",
        "every",
        "unit",
        "starts_on",
        "ends_on",
        "place_hour",
        "cutoff_hours",
    )
    found = {name: getattr(recurring, name) for name in names} | {"shipping": plain(recurring.shipping)}
    by_week = recurring.unit == "week"
    found |= {"weekday": recurring.day if by_week else 0, "month_day": 1 if by_week else recurring.day}
    return found | {"channel": recurring.channel.code, "ship": recurring.ship_to}


def _forms(request: HttpRequest, post: Any, given: dict[str, Any], lines: list[tuple[Product, int]]) -> dict[str, Any]:
    channels = channels_for(request.user)
    if (code := given.get("channel")) and code not in {c.code for c in channels}:
        channels += Channel.objects.filter(code=code, is_active=True)
    ship = given.get("ship", {})
    return {
        "rhythm": RhythmForm(post, prefix="rhythm", initial=given), "lines": line_forms(post, lines),
        "terms": StandingTermsForm(post, prefix="terms", initial=given, channels=channels),
        "ship": AddressForm(post, prefix="ship", initial=ship, known_country=ship.get("country", "")), "said": "",
    }  # fmt: skip


def _valid(forms: dict[str, Any]) -> bool:
    """Check every form, so that every complaint shows at once."""
    whole = [forms["rhythm"], forms["terms"], forms["ship"], *forms["lines"]]
    good = not [form for form in whole if not form.is_valid()]  # every one is asked
    if forms["lines"] and not any(f.cleaned_data.get("sku") or f.errors for f in forms["lines"]):
        forms["lines"][0].add_error("sku", "Add at least one product.")
        return False
    return good and bool(forms["lines"])


def _terms(forms: dict[str, Any], stored: RecurringOrder | None = None) -> Terms:
    terms, rhythm = forms["terms"].cleaned_data, forms["rhythm"]
    place = {name: value for name, value in forms["ship"].cleaned_data.items() if value}
    return Terms(
        channel=forms["terms"].channels[terms["channel"]], rhythm=rhythm.rhythm(), lines=lines_of(forms["lines"]),
        ship_to=place, bill_to=stored.bill_to if stored else {}, payment_terms=terms["payment_terms"],
        shipping=terms["shipping"] or 0, customer_po=terms["customer_po"], note=terms["note"],
        place_hour=rhythm.cleaned_data["place_hour"], cutoff_hours=rhythm.cleaned_data["cutoff_hours"],
    )  # fmt: skip


def _said(forms: dict[str, Any], refused: Refused | Busy) -> str:
    left = complain(forms["lines"], getattr(refused, "reasons", ()))
    return " ".join(left) if left or isinstance(refused, Refused) else str(refused)


def _form_page(request: HttpRequest, forms: dict[str, Any], more: dict[str, Any]) -> HttpResponse:
    whole = [forms["rhythm"], forms["terms"], forms["ship"], *forms["lines"]]
    wrong = sum(len(form.errors) for form in whole if form.is_bound)
    context = {"here": "standing", "wrong": wrong, "today": now(), **forms, **more}
    return render(request, "standing/recurring_form.html", context, status=422 if request.method == "POST" else 200)
