"""The back-order desk: who waits for what, on which day it comes, and which promises are about to break."""

from datetime import date, timedelta
from typing import Any, ClassVar

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import business_date
from oms.kernel.db import retrying
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from orders.actions.promise import renew_promise
from orders.models import Channel, StockPromise
from orders.promise_words import draft_message
from orders.querysets import PromiseQuerySet
from orders.sharing.desk import to_decide

SOON = timedelta(days=7)


class WaitingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    channel = django_filters.ModelChoiceFilter(
        field_name="order__channel", queryset=Channel.objects.all(), to_field_name="code", label="Channel",
        empty_label="Any channel",
    )  # fmt: skip

    class Meta:
        model = StockPromise
        fields = ()

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip().replace("\x00", "")
        found = (
            rows.filter(order__number__iexact=text),
            rows.filter(line__sku__iexact=text),
            rows.filter(ref__iexact=text),
        )
        by_name = rows.filter(order__customer_name__icontains=text)
        return rows.filter(pk__in=by_name.union(*found).values("pk")) if text else rows


def breaking(rows: PromiseQuerySet, user: Any = None) -> PromiseQuerySet:
    return rows.breaking(business_date())


class WaitingList(ListPage):
    queryset = StockPromise.objects.current()
    name, nouns = "waiting", ("waiting line", "waiting lines")
    template_name, fragment_name = "orders/waiting_list.html", "orders/_waiting.html"
    permission, export_permission = "orders.view", "orders.export"
    filterset_class = WaitingFilter
    views: ClassVar = (
        SavedView("all", "Waiting", empty="Nobody waits for stock", empty_why="Every placed order has its units."),
        SavedView("breaking", "About to break", breaking, sort="due", tone="late", empty="Every promise holds",
                  empty_why="Nothing comes later than the customer was told."),
        SavedView("unsupplied", "Not on order", lambda rows, user: rows.unsupplied(), tone="late",
                  empty="Everything is on order", empty_why="Purchase orders cover all waiting units."),
        SavedView("soon", "Due in 7 days", lambda rows, user: rows.filter(due_on__lte=business_date() + SOON), sort="due",
                  empty="Nothing is due within a week"),
    )  # fmt: skip
    sorts: ClassVar = {
        "oldest": Sort("longest waiting first", ("waits_since", "id"), frozenset(), "Longer", "Shorter"),
        "due": Sort("soonest day first", ("due_on", "id"), frozenset({"due_on"}), "Sooner", "Later"),
    }
    columns = (
        Column("Order", lambda p: p.order.number), Column("Customer", lambda p: p.order.customer_name),
        Column("SKU", lambda p: p.line.sku), Column("Units", lambda p: p.qty), Column("Waits since", lambda p: p.waits_since),
        Column("Promised", lambda p: p.promised_on), Column("Now expected", lambda p: p.due_on),
        Column("With", lambda p: p.ref),
    )  # fmt: skip

    def prefetch(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("order__channel", "line")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        for row in rows:
            mark(row)
        return {"here": "waiting", "today": business_date(), "to_decide": to_decide()}


def mark(promise: StockPromise) -> None:
    """Say on the row what is wrong with it: `trouble` in words, empty while the promise holds."""
    today, due, told = business_date(), promise.due_on, promise.promised_on
    if due is None:
        short = promise.qty - sum(part["qty"] for part in promise.parts)
        promise.trouble = f"{short} not on order" if promise.parts else "Nothing on order"
    elif due < today:
        promise.trouble = f"{promise.ref} is overdue"
    elif told and due > told:
        promise.trouble = f"{(due - told).days} d later than promised"
    elif told and told < today:
        promise.trouble = "The promised day is over"
    else:
        promise.trouble = ""


@require_GET
@needs("orders.view")
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise: what it rests on, everything it was before, and the message that would tell the customer."""
    rows = StockPromise.objects.visible_to(request.user).select_related("order__channel", "line__product")
    row = get_object_or_404(rows, pk=pk)
    newest = rows.filter(line=row.line_id).first()
    assert newest is not None
    mark(newest)
    parts = [part | {"eta": date.fromisoformat(part["eta"])} for part in newest.parts]
    context = {
        "promise": newest, "parts": parts, "history": rows.filter(line=row.line_id)[:50], "here": "waiting",
        "draft": draft_message(newest), "may_renew": request.user.can("messages.send"),
        "uncovered": newest.qty - sum(part["qty"] for part in parts),
    }  # fmt: skip
    return render(request, "orders/promise.html", context)


@step_of("orders:promise", "pk")
@needs("messages.send")
def renewal(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StockPromise.objects.visible_to(request.user), pk=pk)
    told = request.POST.get("tell") == "yes"
    text = request.POST.get("message", "").replace("\x00", "") if told else ""
    with shown_as_message(request):
        seen = request.POST.get("seen", "")
        renewed = retrying()(renew_promise)(
            row.pk, message=text, seen=_day(seen), actor=request.user,
        )  # fmt: skip
        messages.success(
            request, "The new day is promised" + (", the customer is written to." if text.strip() else ".")
        )
        return redirect("orders:promise", renewed.pk)
    return redirect("orders:promise", row.pk)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
